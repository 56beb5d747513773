-- One row per customer, scheme and evaluated date: the segment beside that of the evaluated date before, from which
-- memberships and transitions are made; null before for a customer who had not been known.
{{ config(materialized='view') }}
{% set parts = ['kept_steps'] + (['model_steps'] if var('model_schemes') else []) %}

with {% for part in parts -%}
{{ part }} as (

    select * from {{ ref('int_segmentations__' ~ part) }}

),

{% endfor -%}
steps as (

    {% for part in parts -%}
    select
        customer_id,
        scheme,
        from_segment_code,
        to_segment_code,
        segment_code_on_previous_boundaries,
        score,
        confidence,
        as_of_date
    from {{ part }}
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor %}
)

select * from steps
