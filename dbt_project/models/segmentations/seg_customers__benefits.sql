-- One row per customer and as_of_date: the benefit the customer buys for, as they chose it themselves or as it is
-- inferred. Tonight's model labels the older dates too, so its boundaries never move between dates.
{{ config(enabled='benefits' in var('schemes')) }}

with stated as (

    select * from {{ ref('int_benefits__stated') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

found as (

    select * from {{ source('ml', 'ml_customers__benefits') }}

),

chosen as (

    select
        stated.customer_id,
        case
            when stated.segment_code <> 'unknown' then stated.segment_code
            else coalesce(found.segment_code, 'unknown')
        end as segment_code,
        found.confidence as found_confidence,
        stated.reasons as stated_reasons,
        found.reasons as found_reasons,
        stated.segment_code <> 'unknown' as is_stated,
        found.segment_code is not null as is_found,
        as_of_dates.is_tonight,
        stated.as_of_date
    from stated
    inner join as_of_dates on stated.as_of_date = as_of_dates.as_of_date
    left join found on stated.customer_id = found.customer_id and stated.as_of_date = found.as_of_date

),

segmented as (

    select
        customer_id,
        'benefits' as scheme,
        segment_code,
        segment_code as segment_code_on_previous_boundaries,
        cast(null as double) as score,
        case when is_stated then 1.0 else found_confidence end as confidence,
        case
            when not is_tonight then null
            when is_stated then list_prepend({{ reason('basis', "'said so'", '0') }}, stated_reasons)
            when is_found then found_reasons
            else list_prepend({{ reason('basis', "'neither said nor inferred'", '0') }}, stated_reasons)
        end as reasons,
        as_of_date
    from chosen

)

select * from segmented
