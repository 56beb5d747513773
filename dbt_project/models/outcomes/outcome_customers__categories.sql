-- One row per customer, category and as_of_date on which the customer was known: what they bought of the category in
-- the days after it. Only categories of which they bought, and only dates whose first horizon is over; an order counts
-- in each of its categories, and refunds are not counted: what was chosen was chosen.
{{ config(materialized='outcome_history') }}
{% set days = var('outcome_horizon_days')[0] %}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_outcomes() }}

),

inputs as (

    select * from {{ ref('int_outcomes__inputs') }}
    where {{ computed_outcomes('input_date') }}

),

category_days as (

    select * from {{ ref('int_purchases__customer_category_days') }}

),

bought as (

    select
        category_days.customer_id,
        category_days.category_code,
        cast(sum(category_days.order_count) as bigint) as order_{{ days }}d_count,
        cast(sum(category_days.sale_amount) as decimal(18, 4)) as sale_{{ days }}d_amount,
        inputs.input_date as as_of_date
    from category_days
    inner join inputs
        on
            category_days.order_date > inputs.input_date
            and category_days.order_date <= inputs.input_date + {{ days }}
    where inputs.observed_days_count >= {{ days }}
    group by category_days.customer_id, category_days.category_code, inputs.input_date

),

-- Whoever was a stranger on the date has no features to foresee it by.
of_known_customers as (

    select bought.*
    from bought
    inner join spine on bought.customer_id = spine.customer_id and bought.as_of_date = spine.as_of_date

)

select * from of_known_customers
