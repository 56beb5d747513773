-- One row per as_of_date and market area: how many customers live there and whether it is one of the core, the largest
-- areas that together have the core's share of the customers. Areas of one size are in or out together, so that the
-- result does not depend on their names.
{{ config(materialized='as_of_history', enabled='geographic' in var('schemes')) }}

with geography as (

    select * from {{ ref('feat_customers__geography') }}
    where {{ computed_now() }}

),

areas as (

    select
        market_area,
        count(*) as customers_count,
        as_of_date
    from geography
    where market_area is not null
    group by market_area, as_of_date

),

accumulated as (

    select
        market_area,
        customers_count,
        coalesce(
            sum(customers_count) over (
                partition by as_of_date
                order by customers_count desc
                range between unbounded preceding and current row exclude group
            ),
            0
        ) as customers_in_larger_count,
        sum(customers_count) over (partition by as_of_date) as customers_in_all_count,
        as_of_date
    from areas

),

core_regions as (

    select
        market_area,
        cast(customers_count as bigint) as customers_count,
        {{ ratio('customers_count', 'customers_in_all_count') }} as customers_share,
        -- The area that crosses the limit is still of the core.
        customers_in_larger_count < {{ var('geographic_core_share') }} * customers_in_all_count as is_core,
        as_of_date
    from accumulated

)

select * from core_regions
