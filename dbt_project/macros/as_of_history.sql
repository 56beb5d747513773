{#-
    A table with rows for every evaluated date, of which only those dates are computed that are not there yet or whose
    inputs have changed: what was computed for a date is kept for as long as everything known by that date is the same
    (int_as_of__inputs), and for what stands on predictions what was predicted as well (int_predictions__inputs). The model's SQL runs for as many dates at a time as have history_batch_customers customers
    together (fewer where meta.rows_per_customer says that a customer has several rows a date), one at least, so that
    memory holds no more.
-#}
{% materialization as_of_history, adapter='duckdb' %}
    {%- set rows_per_customer = model.config.get('meta', {}).get('rows_per_customer', 1) -%}
    {%- set predictions = 'int_predictions__inputs' -%}
    {%- set is_by_predictions = 'model.' ~ project_name ~ '.' ~ predictions in model.depends_on.nodes -%}
    {{ return(keep_history(
        inputs=ref(predictions if is_by_predictions else 'int_as_of__inputs'),
        date_column='as_of_date',
        rows_column='customers_count',
        batch_rows=var('history_batch_customers') / rows_per_customer,
    )) }}
{% endmaterialization %}
