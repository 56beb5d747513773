{#-
    A table of what customers did after every evaluated date, of which only those dates are computed whose customers, or
    whose events within the horizons that are over, have changed (int_outcomes__inputs): a horizon that is not over yet
    has no rows to change.
-#}
{% materialization outcome_history, adapter='duckdb' %}
    {{ return(keep_history(
        inputs=ref('int_outcomes__inputs'),
        date_column='as_of_date',
        rows_column='customers_count',
        batch_rows=var('history_batch_customers'),
    )) }}
{% endmaterialization %}

{#-
    Which dates a model of materialization outcome_history computes: what as computed_now is to features.

        select * from {{ ref('int_customers__as_of') }} where {{ computed_outcomes() }}
-#}
{% macro computed_outcomes(as_of_date='as_of_date') -%}
    {%- if model.resource_type == 'unit_test' -%}
        true
    {%- else -%}
        {%- do ref('int_outcomes__inputs') -%}
        {{ as_of_date }} in ('{{ as_of_mark() }}')
    {%- endif -%}
{%- endmacro %}
