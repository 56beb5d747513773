-- One row per customer, scheme that a model decides and evaluated date: the segment beside that of the evaluated date
-- before; null before for a customer who had not been known. All dates every night, because tonight's model labels the
-- older dates too.
{{ config(materialized='table', enabled=var('model_schemes') | length > 0) }}

with assignments as (

    select * from {{ ref('int_segmentations__assignments') }}
    where scheme in ('{{ var("model_schemes") | join("', '") }}')

),

steps as (

    select
        customer_id,
        scheme,
        lag(segment_code) over (
            partition by customer_id, scheme
            order by as_of_date asc
        ) as from_segment_code,
        segment_code as to_segment_code,
        segment_code_on_previous_boundaries,
        score,
        confidence,
        as_of_date
    from assignments

)

select * from steps
