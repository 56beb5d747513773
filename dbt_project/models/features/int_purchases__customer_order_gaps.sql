-- One row per customer and order day, with the silence that the order ended.
with customer_days as (

    select * from {{ ref('int_purchases__customer_days') }}

),

order_gaps as (

    select
        customer_id,
        activity_date - lag(activity_date) over (
            partition by customer_id
            order by activity_date asc
        ) as gap_days,
        activity_date as order_date
    from customer_days
    where is_order_day

)

select * from order_gaps
