{#-
    Whether the deployment feeds this inbound contract; staging models of the others are disabled. The text `all` stands
    for every contract: linters look at every model.
-#}
{% macro source_is_on(source_name, table_name) -%}
    {{ return(var('sources_on') == 'all' or (source_name ~ '__' ~ table_name) in var('sources_on')) }}
{%- endmacro %}
