-- One row per customer and active day, with running totals up to and including that day. Any trailing window as of any
-- date is then the difference of two of these rows, so many dates cost little more than one.
with customer_days as (

    select * from {{ ref('int_purchases__customer_days') }}

),

accumulated as (

    select
        customer_id,
        cast(sum(order_count) over running as bigint) as order_count,
        count(*) filter (where is_order_day) over running as order_days_count,
        sum(gross_amount) over running as gross_amount,
        sum(discount_amount) over running as discount_amount,
        sum(refund_amount) over running as refund_amount,
        sum(net_revenue_amount) over running as net_revenue_amount,
        sum(margin_amount) over running as margin_amount,
        activity_date,
        min(activity_date) filter (where is_order_day) over running as first_order_date,
        max(activity_date) filter (where is_order_day) over running as last_order_date
    from customer_days
    window running as (
        partition by customer_id
        order by activity_date asc
        rows between unbounded preceding and current row
    )

)

select * from accumulated
