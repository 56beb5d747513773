-- One row per customer, scheme and evaluated date: the segment beside that of the evaluated date before, from which
-- memberships and transitions are made; null before for a customer who had not been known. Scheme by scheme, since
-- sorting one scheme's rows costs a fraction of sorting those of all.
{{ config(materialized='table') }}

with assignments as (

    select * from {{ ref('int_segmentations__assignments') }}

),

steps as (

    {% for scheme in built_schemes() -%}
    select
        customer_id,
        scheme,
        lag(segment_code) over (
            partition by customer_id
            order by as_of_date asc
        ) as from_segment_code,
        segment_code as to_segment_code,
        segment_code_on_previous_boundaries,
        score,
        confidence,
        as_of_date
    from assignments
    where scheme = '{{ scheme }}'
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
)

select * from steps
