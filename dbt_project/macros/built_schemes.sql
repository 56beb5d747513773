{#- The schemes that assign customers tonight: those of the catalogue that are on, and those that tessera.yml writes. -#}
{% macro built_schemes() -%}
    {{ return(var('schemes') + (var('custom_schemes') | map(attribute='scheme') | list)) }}
{%- endmacro %}
