-- One row per customer and day from which the customer's orders went to another place: days on which the place stayed
-- the same are left out.
with customer_days as (

    select * from {{ ref('int_geography__customer_days') }}

),

changes as (

    select
        customer_id,
        country,
        region,
        postal_area,
        order_date as valid_from
    from customer_days
    qualify
        row(country, region, postal_area) is distinct from lag(row(country, region, postal_area)) over (
            partition by customer_id
            order by order_date asc
        )

)

select * from changes
