-- One row per category and place: the articles of it that most customers bought in the last 365 days, and the
-- categories themselves under no article. What is offered to customers of whom nothing better is known.
with as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_tonight

),

sku_days as (

    select * from {{ ref('int_purchases__customer_sku_days') }}

),

product_groups as (

    select * from {{ ref('int_products__groups') }}

),

bought as (

    select
        product_groups.category_code,
        sku_days.sku,
        sku_days.customer_id
    from sku_days
    inner join as_of_dates
        on sku_days.order_date <= as_of_dates.as_of_date and {{ in_last_365d('sku_days.order_date') }}
    inner join product_groups on sku_days.sku = product_groups.sku
    where product_groups.category_code is not null

),

buyers as (

    select
        category_code,
        sku,
        false as is_category,
        count(distinct customer_id) as buyer_count
    from bought
    group by category_code, sku
    union all
    select
        category_code,
        cast(null as varchar) as sku,
        true as is_category,
        count(distinct customer_id) as buyer_count
    from bought
    group by category_code

),

ranked as (

    select
        *,
        case
            when is_category
                then row_number() over (
                    partition by is_category
                    order by buyer_count desc, category_code asc
                )
            else row_number() over (
                partition by is_category, category_code
                order by buyer_count desc, sku asc
            )
        end as place
    from buyers

)

select * from ranked
