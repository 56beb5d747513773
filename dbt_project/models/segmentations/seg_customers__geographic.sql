-- One row per customer and as_of_date: the market tier. Core are the largest market areas (regions, or countries in
-- which regions are not written) until together they have the core's share of the customers, with the areas frozen
-- between month ends. Customers abroad are judged like others: an area is core by its customers, not by its country.
{{ config(materialized='as_of_history', enabled='geographic' in var('schemes')) }}

with geography as (

    select * from {{ ref('feat_customers__geography') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

core_regions as (

    select * from {{ ref('int_geographic__core_regions') }}
    where is_core

),

placed as (

    select
        geography.customer_id,
        geography.market_area,
        case
            when geography.market_area is null then 'unknown'
            when core_regions.market_area is not null then 'core_market'
            else 'other_market'
        end as segment_code,
        case
            when as_of_dates.previous_boundaries_set_date is null then null
            when geography.market_area is null then 'unknown'
            when previous_core_regions.market_area is not null then 'core_market'
            else 'other_market'
        end as segment_code_on_previous_boundaries,
        as_of_dates.is_tonight,
        geography.as_of_date
    from geography
    inner join as_of_dates on geography.as_of_date = as_of_dates.as_of_date
    left join core_regions
        on
            as_of_dates.boundaries_set_date = core_regions.as_of_date
            and geography.market_area = core_regions.market_area
    left join core_regions as previous_core_regions
        on
            as_of_dates.previous_boundaries_set_date = previous_core_regions.as_of_date
            and geography.market_area = previous_core_regions.market_area

),

segmented as (

    select
        customer_id,
        'geographic' as scheme,
        segment_code,
        segment_code_on_previous_boundaries,
        cast(null as double) as score,
        cast(null as double) as confidence,
        case
            when is_tonight
                then [{{ reason('market_area', 'market_area', "cast(segment_code = 'core_market' as integer)") }}]
        end as reasons,
        as_of_date
    from placed

)

select * from segmented
