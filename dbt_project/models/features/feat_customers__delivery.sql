-- One row per customer and as_of_date: how the customer has orders delivered. A delivery is known from the day on
-- which it arrived; orders whose delivery method nobody names (carried home from the store) have no kind of delivery.
{{ config(materialized='as_of_history') }}
{% set kinds = ['standard', 'express', 'pickup', 'freight', 'economy'] %}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

orders as (

    select * from {{ ref('int_purchases__orders') }}

),

-- Whatever is asked here looks back 365 days, so that older orders need not be grouped at all.
totals as (

    select
        orders.customer_id,
        count(*) as order_count,
        count(orders.delivery_kind) as delivery_order_count,
        {% for kind in kinds -%}
        count(*) filter (where orders.delivery_kind = '{{ kind }}') as {{ kind }}_order_count,
        {% endfor -%}
        count(*) filter (where {{ has_arrived() }}) as delivered_order_count,
        count(*) filter (where {{ has_arrived() }} and orders.promised_date is not null) as promised_order_count,
        count(*) filter (where {{ has_arrived() }} and orders.delivered_date > orders.promised_date)
            as late_order_count,
        sum(orders.delivered_date - orders.promised_date) filter (
            where {{ has_arrived() }} and orders.delivered_date > orders.promised_date
        ) as late_days,
        sum(orders.unit_count) as unit_count,
        sum(orders.sale_amount) as sale_amount,
        sum(orders.shipping_amount) as shipping_amount,
        as_of_dates.as_of_date
    from orders
    inner join as_of_dates
        on orders.order_date <= as_of_dates.as_of_date and {{ in_last_365d('orders.order_date') }}
    group by orders.customer_id, as_of_dates.as_of_date

),

delivery as (

    select
        spine.customer_id,
        coalesce(totals.delivery_order_count, 0) as delivery_order_365d_count,
        coalesce(totals.delivered_order_count, 0) as delivered_order_365d_count,
        {% for kind in kinds -%}
        {{ ratio('totals.' ~ kind ~ '_order_count', 'totals.delivery_order_count') }} as {{ kind }}_delivery_365d_share,
        {% endfor -%}
        {{ ratio('totals.late_order_count', 'totals.promised_order_count') }} as late_delivery_365d_share,
        {{ ratio('totals.late_days', 'totals.late_order_count') }} as average_lateness_365d_days,
        {{ ratio('totals.unit_count', 'totals.order_count') }} as average_order_unit_365d_count,
        cast(coalesce(totals.shipping_amount, 0) as decimal(18, 4)) as shipping_365d_amount,
        {{ ratio('totals.shipping_amount', 'totals.sale_amount + totals.shipping_amount') }} as shipping_365d_share,
        spine.as_of_date
    from spine
    left join totals on spine.customer_id = totals.customer_id and spine.as_of_date = totals.as_of_date

)

select * from delivery
