-- One row per scheme that rules decide, segment and evaluated date: its customers. Kept by date, like the assignments
-- that are counted.
{{ config(materialized='as_of_history') }}

with assignments as (

    select * from {{ ref('int_segmentations__assignments') }}
    where
        {{ computed_now(inputs='int_predictions__inputs') }}
        and scheme not in ('{{ var("model_schemes") | join("', '") }}') -- noqa: LT05

),

sizes as (

    select
        scheme,
        segment_code,
        count(*) as customers_count,
        as_of_date
    from assignments
    group by scheme, segment_code, as_of_date

)

select * from sizes
