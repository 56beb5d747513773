{#- A view, replaced in one transaction, for the reason that tables are (table.sql). -#}
{% materialization view, adapter='duckdb' %}

    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set existing_relation = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks) }}

    {%- call statement('main') -%}
        {%- if existing_relation is not none and not existing_relation.is_view %}
            drop table {{ existing_relation }};
        {%- endif %}
        create or replace view {{ target_relation }} as (
            {{ compiled_code }}
        )
    {%- endcall -%}
    {%- do persist_docs(target_relation, model) -%}

    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
