-- One row per as_of_date and category that was ordered within the 365 days before: its share of all category orders
-- (an order counts once in each of its categories), and how much customers differ in it. The prior strength is that
-- of a gamma distribution with mean 1, from which each customer's lift is drawn, by the method of moments: what the
-- customers' counts scatter more than chance would let them. It is the weight of the company's average against a
-- customer's own orders, in expected orders: great where all customers are alike. Sums are of whole numbers, so row
-- order has no say.
{{ config(materialized='as_of_history') }}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

category_days as (

    select * from {{ ref('int_purchases__customer_category_days') }}

),

by_category as (

    select
        category_days.customer_id,
        category_days.category_code,
        min(category_days.category) as category,
        sum(category_days.order_count) as order_count,
        as_of_dates.as_of_date
    from category_days
    inner join as_of_dates
        on category_days.order_date <= as_of_dates.as_of_date and {{ in_last_365d('category_days.order_date') }}
    group by category_days.customer_id, category_days.category_code, as_of_dates.as_of_date

),

by_customer as (

    select
        customer_id,
        sum(order_count) as order_count,
        as_of_date
    from by_category
    group by customer_id, as_of_date

),

company as (

    select
        count(*) as customer_count,
        cast(sum(order_count) as double) as order_count,
        cast(sum(order_count * order_count) as double) as order_square_count,
        as_of_date
    from by_customer
    group by as_of_date

),

categories as (

    select
        by_category.category_code,
        min(by_category.category) as category,
        count(*) as customer_count,
        cast(sum(by_category.order_count) as double) as order_count,
        cast(sum(by_category.order_count * by_category.order_count) as double) as order_square_count,
        cast(sum(by_category.order_count * by_customer.order_count) as double) as order_product_count,
        by_category.as_of_date
    from by_category
    inner join by_customer
        on by_category.customer_id = by_customer.customer_id and by_category.as_of_date = by_customer.as_of_date
    group by by_category.category_code, by_category.as_of_date

),

with_shares as (

    select
        categories.*,
        company.customer_count as company_customer_count,
        company.order_count as company_order_count,
        company.order_square_count as company_order_square_count,
        categories.order_count / company.order_count as base_share
    from categories
    inner join company on categories.as_of_date = company.as_of_date

),

-- Of n orders of a customer, base_share x lift x n are expected in the category. Summed over customers, the squared
-- deviations from base_share x n are those of chance, and (n x n - n) x base_share squared x the variance of lifts.
with_variances as (

    select
        *,
        (
            order_square_count
            - 2 * base_share * order_product_count
            + base_share * base_share * company_order_square_count
            - base_share * (1 - base_share) * company_order_count
        ) / nullif(base_share * base_share * (company_order_square_count - company_order_count), 0) as lift_variance
    from with_shares

),

base as (

    select
        category_code,
        category,
        cast(order_count as bigint) as order_count,
        customer_count,
        count(*) over (partition by as_of_date) as category_count,
        base_share,
        case
            when lift_variance > 0
                then greatest(
                    {{ var('product_preference_weakest_prior') }},
                    least({{ var('product_preference_strongest_prior') }}, 1 / lift_variance)
                )
            else {{ var('product_preference_strongest_prior') }}
        end as prior_strength,
        ln(company_customer_count / customer_count) as inverse_document_frequency,
        as_of_date
    from with_variances

)

select * from base
