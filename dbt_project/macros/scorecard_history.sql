{#-
    A table of sums by which schemes are judged, of which only those evaluated dates are computed whose segments, or whose
    outcomes, have changed (int_scorecard__inputs): dates whose first horizon is over.
-#}
{% materialization scorecard_history, adapter='duckdb' %}
    {%- set rows_per_customer = model.config.get('meta', {}).get('rows_per_customer', 1) -%}
    {{ return(keep_history(
        inputs=ref('int_scorecard__inputs'),
        date_column='as_of_date',
        rows_column='customers_count',
        batch_rows=var('history_batch_customers') / rows_per_customer,
    )) }}
{% endmaterialization %}

{#- Which dates a model of materialization scorecard_history computes: what as computed_now is to features. -#}
{% macro computed_scores(as_of_date='as_of_date') -%}
    {%- if model.resource_type == 'unit_test' -%}
        true
    {%- else -%}
        {%- do ref('int_scorecard__inputs') -%}
        {{ as_of_date }} in ('{{ as_of_mark() }}')
    {%- endif -%}
{%- endmacro %}
