{#-
    What the materializations of kept rows (as_of_history, day_history, outcome_history, scorecard_history) have in common:
    a table whose rows belong to dates, and notes beside it of what each date was computed from. The model's SQL runs for
    the dates that are not noted with the hash that `inputs` has for them, in batches of about `batch_rows` rows of the
    inputs' `rows_column`; each batch is committed together with its notes. A model whose SQL would hold too much at once
    names parts in meta.parts (computed_part): each is a statement of its own. Where one date alone has more rows than a
    batch, a model that imports by customers_of_part computes its customers in parts. Another SQL, of this model or of one
    that it reads and that is kept as well, another `history_code` (what else the rows depend on) and --full-refresh begin
    anew.
-#}
{% macro keep_history(inputs, date_column, rows_column, batch_rows) %}

    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set notes = api.Relation.create(database=this.database, schema='as_of_notes', identifier=this.identifier) -%}
    {%- set code = local_md5(compiled_code ~ var('history_code') ~ codes_of_kept_parents(model.unique_id)) -%}

    {{ run_hooks(pre_hooks) }}

    {%- do run_query(
        'create table if not exists ' ~ notes
        ~ ' (input_date date, inputs_hash hugeint, code varchar, computed_by varchar)'
    ) -%}
    {%- set dates_of_this_code = run_query(
        'select count(*) from ' ~ notes ~ " where code = '" ~ code ~ "'"
    ).rows[0][0] -%}
    {%- if should_full_refresh() or dates_of_this_code == 0 or existing_relation is none -%}
        {%- if existing_relation is not none -%}
            {%- do adapter.drop_relation(existing_relation) -%}
        {%- endif -%}
        {%- do run_query('delete from ' ~ notes) -%}
        {%- do run_query('create table ' ~ target_relation ~ ' as ' ~ on_customers_part(on_dates(compiled_code, ['0001-01-01']), 0, 1)) -%}
    {%- endif -%}

    {%- set kept -%}
        select notes.input_date
        from {{ notes }} as notes
        inner join {{ inputs }} as inputs
            on notes.input_date = inputs.input_date and notes.inputs_hash = inputs.inputs_hash
    {%- endset -%}
    {%- call statement('forget') -%}
        delete from {{ target_relation }} where {{ date_column }} not in ({{ kept }});
        delete from {{ notes }} where input_date not in ({{ kept }})
    {%- endcall -%}
    {%- do adapter.commit() -%}

    {%- set missing = run_query(
        'select cast(input_date as varchar), ' ~ rows_column ~ ' from ' ~ inputs
        ~ ' where input_date not in (select input_date from ' ~ notes ~ ') order by input_date'
    ).rows -%}
    {%- set batch = namespace(dates=[], rows=0) -%}
    {%- for input_date, rows in missing -%}
        {%- do batch.dates.append(input_date) -%}
        {%- set batch.rows = batch.rows + rows -%}
        {%- if loop.last or batch.rows + loop.nextitem[1] > batch_rows -%}
            {%- set customers_parts_count = 1 -%}
            {%- if parts_count_mark() in compiled_code -%}
                {%- set customers_parts_count = [1, (batch.rows / batch_rows) | round(0, 'ceil') | int] | max -%}
            {%- endif -%}
            {%- call statement('compute') -%}
                {% for customers_part in range(customers_parts_count) -%}
                {% for part in model.config.get('meta', {}).get('parts', ['']) -%}
                insert into {{ target_relation }} by name
                {{ on_customers_part(on_dates(compiled_code, batch.dates), customers_part, customers_parts_count)
                    | replace(part_mark(), part) }};
                {% endfor -%}
                {% endfor -%}
                insert into {{ notes }}
                select input_date, inputs_hash, '{{ code }}', '{{ invocation_id }}'
                from {{ inputs }}
                where input_date in ('{{ batch.dates | join("', '") }}')
            {%- endcall -%}
            {%- do adapter.commit() -%}
            {%- set batch.dates = [] -%}
            {%- set batch.rows = 0 -%}
        {%- endif -%}
    {%- endfor -%}
    {%- call statement('main') -%}
        select {{ missing | length }} as computed_dates
    {%- endcall -%}

    {{ run_hooks(post_hooks) }}
    {{ return({'relations': [target_relation]}) }}
{% endmacro %}

{#- The SQL of a kept model for some dates. -#}
{% macro on_dates(code, dates) -%}
    {{ return(code | replace(as_of_mark(), dates | join("', '"))) }}
{%- endmacro %}

{#- The codes under which the nearest kept models that a model rests on were computed, which tell of those behind them. -#}
{% macro codes_of_kept_parents(unique_id) -%}
    {%- set ancestors = {} -%}
    {%- do add_ancestors(unique_id, ancestors) -%}
    {%- set codes = [] -%}
    {%- for alias in ancestors.values() | reject('none') | sort -%}
        {%- do codes.append("select coalesce(min(code), '') as code from as_of_notes." ~ alias) -%}
    {%- endfor -%}
    {%- if codes -%}
        {{ return(run_query(codes | join(' union all ')).columns[0].values() | sort | join(' ')) }}
    {%- endif -%}
    {{ return('') }}
{%- endmacro %}

{#- Adds what a model rests on as far as the nearest kept models: their aliases, or none of a model that is not kept. -#}
{% macro add_ancestors(unique_id, ancestors) -%}
    {%- for parent in graph.nodes[unique_id].depends_on.nodes if parent not in ancestors and parent in graph.nodes -%}
        {%- set node = graph.nodes[parent] -%}
        {%- set is_kept = node.config.materialized.endswith('_history') -%}
        {%- do ancestors.update({parent: node.alias if is_kept else none}) -%}
        {%- if not is_kept -%}
            {%- do add_ancestors(parent, ancestors) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
