-- One row per customer and as_of_date: what the customer wants. Where tonight's model found classes of needs, the class
-- that the customer's answers say or that is inferred; else the strongest need that the customer answered, or the one
-- that is inferred. Tonight's model labels the older dates too, so its boundaries never move between dates.
{{ config(enabled='needs' in var('schemes')) }}

with stated as (

    select * from {{ ref('int_needs__stated') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

found as (

    select * from {{ source('ml', 'ml_customers__needs') }}

),

found_segments as (

    select * from {{ source('ml', 'ml_segments__needs') }}

),

form as (

    select count(*) > 0 as has_classes
    from found_segments

),

chosen as (

    select
        stated.customer_id,
        -- Where there are classes, a strongest need of its own is none of them.
        case
            when form.has_classes then coalesce(found.segment_code, 'unknown')
            when stated.segment_code <> 'unknown' then stated.segment_code
            else coalesce(found.segment_code, 'unknown')
        end as segment_code,
        stated.score as stated_score,
        found.confidence as found_confidence,
        stated.reasons as stated_reasons,
        found.reasons as found_reasons,
        not form.has_classes and stated.segment_code <> 'unknown' as is_stated,
        found.segment_code is not null as is_found,
        as_of_dates.is_tonight,
        stated.as_of_date
    from stated
    inner join as_of_dates on stated.as_of_date = as_of_dates.as_of_date
    cross join form
    left join found on stated.customer_id = found.customer_id and stated.as_of_date = found.as_of_date

),

segmented as (

    select
        customer_id,
        'needs' as scheme,
        segment_code,
        segment_code as segment_code_on_previous_boundaries,
        case when is_stated then stated_score end as score,
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
