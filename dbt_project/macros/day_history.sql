{#-
    A table of what happened, with its day in the column config.day_column, of which only those days are computed whose
    order lines have changed (int_days__inputs): a night adds its own day, late data the days that it touches. As many
    days at a time as have history_batch_lines order lines together.
-#}
{% materialization day_history, adapter='duckdb' %}
    {{ return(keep_history(
        inputs=ref('int_days__inputs'),
        date_column=config.require('day_column'),
        rows_column='order_lines_count',
        batch_rows=var('history_batch_lines'),
    )) }}
{% endmaterialization %}

{#-
    Which days a model of materialization day_history computes: what as computed_now is to evaluated dates.

        select * from {{ ref('int_identity__order_lines') }} where {{ computed_days('order_date') }}
-#}
{% macro computed_days(day_column) -%}
    {%- if model.resource_type == 'unit_test' -%}
        true
    {%- else -%}
        {%- do ref('int_days__inputs') -%}
        {{ day_column }} in ('{{ as_of_mark() }}')
    {%- endif -%}
{%- endmacro %}
