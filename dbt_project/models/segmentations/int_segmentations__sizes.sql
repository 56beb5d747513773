-- One row per scheme, segment and evaluated date: its customers. Schemes that a model decides are counted anew, because
-- tonight's model labels the older dates too.
{{ config(materialized='view') }}

with kept_sizes as (

    select * from {{ ref('int_segmentations__kept_sizes') }}

),

assignments as (

    select * from {{ ref('int_segmentations__assignments') }}
    where scheme in ('{{ var("model_schemes") | join("', '") }}') -- noqa: LT05

),

model_sizes as (

    select
        scheme,
        segment_code,
        count(*) as customers_count,
        as_of_date
    from assignments
    group by scheme, segment_code, as_of_date

),

sizes as (

    select
        scheme,
        segment_code,
        customers_count,
        as_of_date
    from kept_sizes
    union all
    select
        scheme,
        segment_code,
        customers_count,
        as_of_date
    from model_sizes

)

select * from sizes
