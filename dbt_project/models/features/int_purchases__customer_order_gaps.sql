-- One row per customer and order day, with the silence that the order ended and the customer's own median gap, both
-- before this order (what was usual for them when they fell silent) and including it.
with customer_days as (

    select * from {{ ref('int_purchases__customer_days') }}

),

order_days as (

    select
        customer_id,
        activity_date as order_date,
        lag(activity_date) over (
            partition by customer_id
            order by activity_date asc
        ) as previous_order_date
    from customer_days
    where is_order_day

),

gaps as (

    select
        customer_id,
        order_date - previous_order_date as gap_days,
        order_date
    from order_days

),

with_medians as (

    select
        customer_id,
        gap_days,
        median(gap_days) over (
            partition by customer_id
            order by order_date asc
            rows between unbounded preceding and 1 preceding
        ) as gap_median_before_days,
        median(gap_days) over (
            partition by customer_id
            order by order_date asc
            rows between unbounded preceding and current row
        ) as gap_median_days,
        order_date
    from gaps

)

select * from with_medians
