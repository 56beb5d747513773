-- One row per customer, scheme that a model decides and evaluated date on which the customer's segment is another than
-- on the evaluated date before; from null for a customer who had not been known. All dates every night, because
-- tonight's model labels the older dates too.
{{ config(materialized='table', enabled=var('model_schemes') | length > 0) }}

with assignments as (

    select * from {{ ref('int_segmentations__assignments') }}
    where scheme in ('{{ var("model_schemes") | join("', '") }}') -- noqa: LT05

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

),

moves as (

    select * from steps
    where from_segment_code is distinct from to_segment_code

)

select * from moves
