-- One row per order of a known customer that was worth something (no tests, gifts, fully discounted baskets), with
-- the kinds of its channel, device and delivery. Refunds are not in it: what was chosen was chosen, even if it came
-- back.
{{ config(materialized='day_history', day_column='order_date') }}

with order_lines as (

    select * from {{ ref('int_identity__order_lines') }}
    where {{ computed_days('order_date') }}

),

product_groups as (

    select * from {{ ref('int_products__groups') }}

),

channel_names as (

    select * from {{ ref('int_channels__names') }}

),

device_names as (

    select * from {{ ref('int_devices__names') }}

),

delivery_names as (

    select * from {{ ref('int_deliveries__names') }}

),

orders as (

    select
        order_lines.customer_id,
        order_lines.source_name,
        order_lines.order_id,
        min(order_lines.sales_channel) as sales_channel,
        min(order_lines.device) as device,
        min(order_lines.delivery_method) as delivery_method,
        sum(order_lines.quantity) as unit_count,
        sum(order_lines.net_amount) as sale_amount,
        sum(order_lines.shipping_amount) as shipping_amount,
        coalesce(bool_or({{ is_new_product('order_lines.order_date', 'product_groups.launched_date') }}), false)
            as has_new_product,
        order_lines.order_date,
        cast(max(order_lines.promised_at) as date) as promised_date,
        cast(max(order_lines.delivered_at) as date) as delivered_date
    from order_lines
    left join product_groups on order_lines.sku = product_groups.sku
    where order_lines.customer_id is not null and order_lines.line_kind = 'sale'
    group by order_lines.customer_id, order_lines.source_name, order_lines.order_id, order_lines.order_date
    having sale_amount > 0

),

with_kinds as (

    select
        orders.customer_id,
        orders.source_name,
        orders.order_id,
        channel_names.channel_code,
        channel_names.channel_kind,
        device_names.device_kind,
        delivery_names.delivery_kind,
        orders.unit_count,
        orders.sale_amount,
        orders.shipping_amount,
        channel_names.is_digital,
        orders.has_new_product,
        orders.order_date,
        orders.promised_date,
        orders.delivered_date
    from orders
    left join channel_names on orders.sales_channel = channel_names.sales_channel
    left join device_names on orders.device = device_names.device
    left join delivery_names on orders.delivery_method = delivery_names.delivery_method

)

select * from with_kinds
