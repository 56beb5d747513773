{#-
    A table with rows for every evaluated date, of which only those dates are computed that are not there yet or whose
    inputs have changed: what was computed for a date is kept for as long as everything known by that date is the same
    (int_as_of__inputs). The model's SQL runs for as many dates at a time as have history_batch_customers customers
    together (fewer where meta.rows_per_customer says that a customer has several rows a date), one at least, so that
    memory holds no more; each batch is committed together with the notes of what its
    dates were computed from. Another SQL, of this model or of one that it reads and that is kept the same way, another
    `history_code` (what else the rows depend on) and --full-refresh begin anew.
-#}
{% materialization as_of_history, adapter='duckdb' %}

    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set notes = api.Relation.create(database=this.database, schema='as_of_notes', identifier=this.identifier) -%}
    {%- set code = local_md5(compiled_code ~ var('history_code') ~ codes_of_kept_parents(model.unique_id)) -%}

    {{ run_hooks(pre_hooks) }}

    {%- do run_query(
        'create table if not exists ' ~ notes
        ~ ' (as_of_date date, inputs_hash hugeint, code varchar, computed_by varchar)'
    ) -%}
    {%- set dates_of_this_code = run_query(
        'select count(*) from ' ~ notes ~ " where code = '" ~ code ~ "'"
    ).rows[0][0] -%}
    {%- if should_full_refresh() or dates_of_this_code == 0 or existing_relation is none -%}
        {%- if existing_relation is not none -%}
            {%- do adapter.drop_relation(existing_relation) -%}
        {%- endif -%}
        {%- do run_query('delete from ' ~ notes) -%}
        {%- do run_query('create table ' ~ target_relation ~ ' as ' ~ on_dates(compiled_code, ['0001-01-01'])) -%}
    {%- endif -%}

    {%- set kept -%}
        select notes.as_of_date
        from {{ notes }} as notes
        inner join {{ ref('int_as_of__inputs') }} as inputs
            on notes.as_of_date = inputs.as_of_date and notes.inputs_hash = inputs.inputs_hash
    {%- endset -%}
    {%- call statement('forget') -%}
        delete from {{ target_relation }} where as_of_date not in ({{ kept }});
        delete from {{ notes }} where as_of_date not in ({{ kept }})
    {%- endcall -%}
    {%- do adapter.commit() -%}

    {%- set missing = run_query(
        'select cast(as_of_date as varchar), customers_count from ' ~ ref('int_as_of__inputs')
        ~ ' where as_of_date not in (select as_of_date from ' ~ notes ~ ') order by as_of_date'
    ).rows -%}
    {%- set batch = namespace(dates=[], customers_count=0) -%}
    {%- set batch_customers = var('history_batch_customers') / model.config.get('meta', {}).get('rows_per_customer', 1) -%}
    {%- for as_of_date, customers_count in missing -%}
        {%- do batch.dates.append(as_of_date) -%}
        {%- set batch.customers_count = batch.customers_count + customers_count -%}
        {%- if loop.last or batch.customers_count + loop.nextitem[1] > batch_customers -%}
            {%- call statement('compute') -%}
                insert into {{ target_relation }} by name {{ on_dates(compiled_code, batch.dates) }};
                insert into {{ notes }}
                select as_of_date, inputs_hash, '{{ code }}', '{{ invocation_id }}'
                from {{ ref('int_as_of__inputs') }}
                where as_of_date in ('{{ batch.dates | join("', '") }}')
            {%- endcall -%}
            {%- do adapter.commit() -%}
            {%- set batch.dates = [] -%}
            {%- set batch.customers_count = 0 -%}
        {%- endif -%}
    {%- endfor -%}
    {%- call statement('main') -%}
        select {{ missing | length }} as computed_dates
    {%- endcall -%}

    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target_relation]}) }}

{% endmaterialization %}

{#- The SQL of an as_of_history model for some dates. -#}
{% macro on_dates(code, dates) -%}
    {{ return(code | replace(as_of_mark(), dates | join("', '"))) }}
{%- endmacro %}

{#- The codes under which the kept models that a model rests on, near or far, were computed. -#}
{% macro codes_of_kept_parents(unique_id) -%}
    {%- set ancestors = [] -%}
    {%- do add_ancestors(unique_id, ancestors) -%}
    {%- set codes = [] -%}
    {%- for ancestor in ancestors | sort if graph.nodes[ancestor].config.materialized == 'as_of_history' -%}
        {%- do codes.append('select min(code) as code from as_of_notes.' ~ graph.nodes[ancestor].alias) -%}
    {%- endfor -%}
    {%- if codes -%}
        {{ return(run_query(codes | join(' union all ')).columns[0].values() | sort | join(' ')) }}
    {%- endif -%}
    {{ return('') }}
{%- endmacro %}

{% macro add_ancestors(unique_id, ancestors) -%}
    {%- for parent in graph.nodes[unique_id].depends_on.nodes -%}
        {%- if parent in graph.nodes and parent not in ancestors -%}
            {%- do ancestors.append(parent) -%}
            {%- do add_ancestors(parent, ancestors) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
