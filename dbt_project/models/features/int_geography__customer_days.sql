-- One row per customer and day with an order that names a country: country, region and postal area of the day's last
-- order. No street and no town.
{{ config(materialized='day_history', day_column='order_date') }}

with order_lines as (

    select * from {{ ref('int_identity__order_lines') }}
    where {{ computed_days('order_date') }}

),

country_names as (

    select * from {{ ref('country_names') }}

),

-- An order goes to one place, whatever number of lines it has.
orders as (

    select
        customer_id,
        source_name,
        order_id,
        min(country) as written_country,
        min(nullif(trim(region), '')) as region,
        min(postal_code) as postal_code,
        order_date,
        max(ordered_at) as ordered_at
    from order_lines
    where customer_id is not null and line_kind = 'sale' and country is not null
    group by customer_id, source_name, order_id, order_date

),

-- Countries are few, so each is looked up once.
countries as (

    select
        written.country as written_country,
        coalesce(country_names.country_code, upper(trim(written.country))) as country
    from (select distinct order_lines.country from order_lines) as written
    left join country_names on {{ country_key('written.country') }} = country_names.name

),

last_of_the_day as (

    select *
    from orders
    qualify row_number() over (
        partition by customer_id, order_date
        order by ordered_at desc nulls last, source_name asc, order_id asc
    ) = 1

),

placed as (

    select
        last_of_the_day.customer_id,
        countries.country,
        last_of_the_day.region,
        {{ postal_area('last_of_the_day.postal_code') }} as postal_area,
        last_of_the_day.order_date
    from last_of_the_day
    inner join countries on last_of_the_day.written_country = countries.written_country

)

select * from placed
