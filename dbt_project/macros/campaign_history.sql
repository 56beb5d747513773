{#-
    A table of sums over the customers of campaigns, by the evaluated date from which their segments are taken, of which
    only those dates are computed whose segments, or whose customers' responses, have changed (int_campaigns__inputs).
-#}
{% materialization campaign_history, adapter='duckdb' %}
    {%- set rows_per_customer = model.config.get('meta', {}).get('rows_per_customer', 1) -%}
    {{ return(keep_history(
        inputs=ref('int_campaigns__inputs'),
        date_column='features_as_of_date',
        rows_column='customers_count',
        batch_rows=var('history_batch_customers') / rows_per_customer,
    )) }}
{% endmaterialization %}

{#- Which dates a model of materialization campaign_history computes: what as computed_now is to features. -#}
{% macro computed_campaigns(date_column='features_as_of_date') -%}
    {%- if model.resource_type == 'unit_test' -%}
        true
    {%- else -%}
        {%- do ref('int_campaigns__inputs') -%}
        {{ date_column }} in ('{{ as_of_mark() }}')
    {%- endif -%}
{%- endmacro %}
