{#-
    All staging models that feed one canonical entity, as one relation with exactly the declared columns.
    columns: list of {name, type}. A source that lacks a column gives nulls; no source at all gives no rows.
-#}
{% macro union_staging(entity, columns) -%}
    select
        {% for column in columns -%}
        cast({{ column.name }} as {{ column.type }}) as {{ column.name }},
        {% endfor -%}
        source_name
    from (
        select
            {% for column in columns -%}
            cast(null as {{ column.type }}) as {{ column.name }},
            {% endfor -%}
            cast(null as varchar) as source_name
        where false
        {% for staging_model in var('staging_models').get(entity, []) %}
        union all by name
        select
            *,
            '{{ staging_model | replace('stg_', '', 1) }}' as source_name
        from {{ ref(staging_model) }}
        {%- endfor %}
    )
{%- endmacro %}
