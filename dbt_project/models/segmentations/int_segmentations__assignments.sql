-- One row per customer, scheme and as_of_date: every scheme that is switched on, in the common shape.
{{ config(materialized='view') }}

with assignments as (

    {% for scheme in var('schemes') -%}
    select
        customer_id,
        scheme,
        segment_code,
        segment_code_on_previous_boundaries,
        score,
        confidence,
        reasons,
        as_of_date
    from {{ ref('seg_customers__' ~ scheme) }}
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor %}
)

select * from assignments
