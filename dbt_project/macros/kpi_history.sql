{#-
    A table of what customers did month by month (month_start_date), of which only those months are computed that are
    over and whose events have changed (int_kpis__months).
-#}
{% materialization month_history, adapter='duckdb' %}
    {{ return(keep_history(
        inputs=ref('int_kpis__months'),
        date_column='month_start_date',
        rows_column='order_lines_count',
        batch_rows=var('history_batch_lines'),
    )) }}
{% endmaterialization %}

{#- Which months a model of materialization month_history computes. -#}
{% macro computed_months(month_start_date) -%}
    {%- if model.resource_type == 'unit_test' -%}
        true
    {%- else -%}
        {%- do ref('int_kpis__months') -%}
        {{ month_start_date }} in ('{{ as_of_mark() }}')
    {%- endif -%}
{%- endmacro %}

{#-
    A table of sums of periods by the date at which memberships are frozen (membership_date), of which only those dates
    are computed whose segments, or whose months before and after, have changed (int_kpis__inputs). meta.inputs_hash names
    the number it is kept by: that of the schemes that rules decide, or that of those that models decide. One statement
    for each kind of period, so that memory holds the customers of one.
-#}
{% materialization kpi_history, adapter='duckdb' %}
    {%- set inputs_hash = config.require('meta').inputs_hash -%}
    {{ return(keep_history(
        inputs='(select input_date, ' ~ inputs_hash ~ ' as inputs_hash, customers_count from '
            ~ ref('int_kpis__inputs') ~ ')',
        date_column='membership_date',
        rows_column='customers_count',
        batch_rows=var('history_batch_customers'),
    )) }}
{% endmaterialization %}

{#- Which dates a model of materialization kpi_history computes. -#}
{% macro computed_memberships(membership_date='membership_date') -%}
    {%- if model.resource_type == 'unit_test' -%}
        true
    {%- else -%}
        {%- do ref('int_kpis__inputs') -%}
        {{ membership_date }} in ('{{ as_of_mark() }}')
    {%- endif -%}
{%- endmacro %}

{#- Which kind of period such a model computes; meta.parts names them all. -#}
{% macro computed_period_kind() -%}
    {%- if model.resource_type == 'unit_test' -%}
        true
    {%- else -%}
        period_kind = '{{ part_mark() }}'
    {%- endif -%}
{%- endmacro %}

{#-
    A table of schemes that models decide, by evaluated date, of which only those dates are computed on which somebody is
    in another segment than last night's model said, or whose inputs have changed (int_kpis__model_inputs): tonight's
    model labels the older dates too, and mostly as before.
-#}
{% materialization labels_history, adapter='duckdb' %}
    {{ return(keep_history(
        inputs=ref('int_kpis__model_inputs'),
        date_column='as_of_date',
        rows_column='customers_count',
        batch_rows=var('history_batch_customers'),
    )) }}
{% endmaterialization %}

{#- Which dates a model of materialization labels_history computes. -#}
{% macro computed_labels(as_of_date='as_of_date') -%}
    {%- if model.resource_type == 'unit_test' -%}
        true
    {%- else -%}
        {%- do ref('int_kpis__model_inputs') -%}
        {{ as_of_date }} in ('{{ as_of_mark() }}')
    {%- endif -%}
{%- endmacro %}

{#- The first day of a date's month. -#}
{% macro month_start(date_column) -%}
    cast(date_trunc('month', {{ date_column }}) as date)
{%- endmacro %}
