-- One row per customer and as_of_date: where the customer is, down to a postal area of two characters. The place that
-- the latest order went to goes before what the customer's record says, since people move without telling; the two are
-- never mixed within a row. Everything is as it was known on the as-of date.
{{ config(materialized='as_of_history') }}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }}

),

customer_history as (

    select * from {{ ref('int_identity__customer_history') }}

),

delivery_addresses as (

    select * from {{ ref('int_geography__delivery_addresses') }}

),

-- What was known a year before is asked of the same kind of address: a bill and a parcel may always have gone to
-- different places.
known as (

    select
        spine.customer_id,
        case
            when delivery_addresses.country is not null then 'order'
            when customer_history.country is not null then 'record'
        end as address_source,
        case when address_source = 'order' then delivery_addresses.country else customer_history.country end as country,
        case
            when address_source = 'order' then delivery_addresses.region
            when address_source = 'record' then nullif(trim(customer_history.region), '')
        end as region,
        case
            when address_source = 'order' then delivery_addresses.postal_area
            when address_source = 'record' then {{ postal_area('customer_history.postal_code') }}
        end as postal_area,
        case
            when address_source = 'order' then former_addresses.country else former_history.country
        end as former_country,
        case
            when address_source = 'order' then former_addresses.region
            when address_source = 'record' then nullif(trim(former_history.region), '')
        end as former_region,
        case
            when address_source = 'order' then former_addresses.postal_area
            when address_source = 'record' then {{ postal_area('former_history.postal_code') }}
        end as former_postal_area,
        spine.as_of_date
    from spine
    asof left join customer_history
        on spine.customer_id = customer_history.customer_id and spine.as_of_date >= customer_history.valid_from
    asof left join customer_history as former_history
        on
            spine.customer_id = former_history.customer_id
            and spine.as_of_date - 365 >= former_history.valid_from
    asof left join delivery_addresses
        on spine.customer_id = delivery_addresses.customer_id and spine.as_of_date >= delivery_addresses.valid_from
    asof left join delivery_addresses as former_addresses
        on
            spine.customer_id = former_addresses.customer_id
            and spine.as_of_date - 365 >= former_addresses.valid_from

),

{% if var('default_country') -%}
home_countries as (

    select distinct
        '{{ var("default_country") }}' as country,
        as_of_date
    from known

),
{%- else -%}
home_countries as (

    select
        country,
        as_of_date
    from known
    where country is not null
    group by country, as_of_date
    qualify row_number() over (
        partition by as_of_date
        order by count(*) desc, country asc
    ) = 1

),
{%- endif %}

geography as (

    select
        known.customer_id,
        known.country,
        known.region,
        known.postal_area,
        -- Countries in which regions are not written are one market area each.
        nullif(concat_ws('-', known.country, known.region), '') as market_area,
        known.address_source,
        known.country = home_countries.country as is_home_country,
        case
            when known.former_country is not null
                then
                    (known.country is distinct from known.former_country)
                    or (known.region is distinct from known.former_region)
                    or (known.postal_area is distinct from known.former_postal_area)
        end as has_moved_365d,
        known.as_of_date
    from known
    left join home_countries on known.as_of_date = home_countries.as_of_date

)

select * from geography
