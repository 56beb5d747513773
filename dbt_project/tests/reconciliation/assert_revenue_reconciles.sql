-- Every amount is in exactly one place: the revenue of all lines is that of customer days, of anonymous lines and of
-- cancelled lines together.
with all_lines as (

    select
        coalesce(sum(net_amount), 0) as all_amount,
        coalesce(sum(net_amount) filter (where line_kind = 'cancellation'), 0) as cancelled_amount
    from {{ ref('int_canonical__order_lines') }}

),

anonymous_lines as (

    select coalesce(sum(net_amount), 0) as anonymous_amount
    from {{ ref('int_identity__order_lines') }}
    where customer_id is null

),

customer_days as (

    select coalesce(sum(net_revenue_amount), 0) as customers_amount
    from {{ ref('int_purchases__customer_days') }}

),

unexplained as (

    select
        all_lines.all_amount,
        customer_days.customers_amount,
        anonymous_lines.anonymous_amount,
        all_lines.cancelled_amount
    from all_lines
    cross join anonymous_lines
    cross join customer_days
    where
        all_lines.all_amount
        <> customer_days.customers_amount + anonymous_lines.anonymous_amount + all_lines.cancelled_amount

)

select * from unexplained
