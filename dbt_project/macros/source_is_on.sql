{#- Whether the deployment feeds this inbound contract; staging models of the others are disabled. -#}
{% macro source_is_on(source_name, table_name) -%}
    {{ return((source_name ~ '__' ~ table_name) in var('sources_on')) }}
{%- endmacro %}
