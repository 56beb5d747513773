-- One row per customer and day with an order or a refund. Orders worth nothing (tests, gifts, fully discounted
-- baskets) are out, discounts and costs included; a refund counts on the day it was refunded.
{{ config(materialized='day_history', day_column='activity_date') }}

with order_lines as (

    select * from {{ ref('int_identity__order_lines') }}
    where {{ computed_days('order_date') }}

),

products as (

    select * from {{ ref('int_canonical__products') }}

),

orders as (

    select
        order_lines.customer_id,
        order_lines.source_name,
        order_lines.order_id,
        order_lines.order_date,
        coalesce(sum(order_lines.net_amount) filter (where order_lines.line_kind = 'sale'), 0) as sale_amount,
        coalesce(-sum(order_lines.net_amount) filter (where order_lines.line_kind = 'refund'), 0) as refund_amount,
        sum(order_lines.gross_amount) filter (where order_lines.line_kind = 'sale') as gross_amount,
        sum(order_lines.discount_amount) filter (where order_lines.line_kind = 'sale') as discount_amount,
        sum(order_lines.quantity) filter (where order_lines.line_kind = 'sale') as units_count,
        sum(order_lines.quantity) filter (
            where order_lines.line_kind = 'sale' and order_lines.discount_amount > 0
        ) as discounted_units_count,
        -sum(order_lines.quantity) filter (where order_lines.line_kind = 'refund') as returned_units_count,
        count(*) filter (where order_lines.line_kind = 'sale') as order_lines_count,
        sum(
            case
                when products.unit_cost_amount is null then order_lines.net_amount * {{ var('default_margin_share') }}
                else order_lines.net_amount - products.unit_cost_amount * order_lines.quantity
            end
        ) as margin_amount
    from order_lines
    left join products on order_lines.sku = products.sku
    where order_lines.customer_id is not null
    group by order_lines.customer_id, order_lines.source_name, order_lines.order_id, order_lines.order_date
    having sale_amount <> 0 or refund_amount <> 0

),

customer_days as (

    select
        customer_id,
        count(*) filter (where sale_amount > 0) as order_count,
        cast(sum(order_lines_count) as bigint) as order_lines_count,
        {% for measure in ['units', 'discounted_units', 'returned_units'] -%}
        cast(coalesce(sum({{ measure }}_count), 0) as decimal(18, 4)) as {{ measure }}_count,
        {% endfor -%}
        {% for measure in ['gross', 'discount', 'refund', 'margin'] -%}
        cast(coalesce(sum({{ measure }}_amount), 0) as decimal(18, 4)) as {{ measure }}_amount,
        {% endfor -%}
        cast(sum(sale_amount) - sum(refund_amount) as decimal(18, 4)) as net_revenue_amount,
        count(*) filter (where sale_amount > 0) > 0 as is_order_day,
        order_date as activity_date
    from orders
    group by customer_id, order_date

)

select * from customer_days
