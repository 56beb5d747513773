{#- Tonight's date. From the environment, so that a new night does not invalidate dbt's partial parse. -#}
{% macro tonight() -%}
    cast('{{ env_var("TESSERA_AS_OF_DATE") }}' as date)
{%- endmacro %}
