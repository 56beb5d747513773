-- One row per boundary of the market tiers and as_of_date. What separates them is a list of regions; told are its
-- length and the customers that a region needed to be on it.
{{ config(enabled='geographic' in var('schemes')) }}

with core_regions as (

    select * from {{ ref('int_geographic__core_regions') }}
    where is_core

),

summed_up as (

    select
        count(*) as regions_count,
        min(customers_count) as customers_count,
        as_of_date
    from core_regions
    group by as_of_date

),

boundaries as (

    select
        'core_regions_count' as boundary_name,
        'Regions of the core market, the largest ones' as description,
        'regions' as unit,
        1 as boundary_number,
        cast(regions_count as double) as boundary_value,
        as_of_date
    from summed_up
    union all
    select
        'core_region_customers_count' as boundary_name,
        'Customers of the smallest region of the core market; smaller regions are other market' as description,
        'customers' as unit,
        1 as boundary_number,
        cast(customers_count as double) as boundary_value,
        as_of_date
    from summed_up

)

select * from boundaries
