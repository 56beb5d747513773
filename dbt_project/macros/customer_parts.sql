{#-
    A table that is computed for a part of the customers at a time, because so many tables of all of them are joined that
    they would not fit into memory together: as many parts as it takes to hold the rows of history_batch_customers
    customers at once, where a customer counts for meta.rows_per_customer rows. The table is replaced as a whole.
-#}
{% materialization customer_parts, adapter='duckdb' %}

    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set intermediate_relation = make_intermediate_relation(target_relation) -%}
    {%- set rows_per_customer = model.config.get('meta', {}).get('rows_per_customer', 1) -%}
    {%- set customers_count = run_query(
        'select coalesce(max(customers_count), 0) from ' ~ ref('int_as_of__inputs')
    ).rows[0][0] -%}
    {%- set parts_count = [1, (customers_count * rows_per_customer / var('history_batch_customers')) | round(0, 'ceil') | int] | max -%}

    {{ run_hooks(pre_hooks) }}

    {%- do drop_relation_if_exists(load_cached_relation(intermediate_relation)) -%}
    {%- for part in range(parts_count) -%}
        {%- set part_code = on_customers_part(compiled_code, part, parts_count) -%}
        {%- call statement('main') -%}
            {% if loop.first -%}
                {{ create_table_as(False, intermediate_relation, part_code) }}
            {%- else -%}
                insert into {{ intermediate_relation }} by name {{ part_code }}
            {%- endif %}
        {%- endcall -%}
    {%- endfor -%}
    {%- if existing_relation is not none -%}
        {%- do adapter.drop_relation(existing_relation) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(intermediate_relation, target_relation) -%}

    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#-
    Which customers a model of materialization customer_parts computes, or of as_of_history on a date that has more than
    history_batch_customers; import with it whatever has rows of customers:

        select * from {{ ref('feat_customers__purchases') }} where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

    Hashed with a word, so that the customers of a part are still spread over everything that hashes their ids alone.
-#}
{% macro customers_of_part(customer_id='customer_id') -%}
    {%- if model.resource_type == 'unit_test' -%}
        true
    {%- else -%}
        {#- Named here, so that dbt builds it before the materialization asks it. -#}
        {%- do ref('int_as_of__inputs') -%}
        hash({{ customer_id }}, 'part') % cast('{{ parts_count_mark() }}' as ubigint) = cast('{{ customers_part_mark() }}' as ubigint)
    {%- endif -%}
{%- endmacro %}

{#- What stands for the number of parts in the SQL of such a model until it is run. -#}
{% macro parts_count_mark() -%}
    the number of parts
{%- endmacro %}

{#- What stands for the part, from 0, likewise. -#}
{% macro customers_part_mark() -%}
    the part of the customers
{%- endmacro %}

{#- The SQL of a model for one part of the customers. -#}
{% macro on_customers_part(code, part, parts_count) -%}
    {{ return(code | replace(parts_count_mark(), parts_count) | replace(customers_part_mark(), part)) }}
{%- endmacro %}
