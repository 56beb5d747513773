-- One row per customer, article and day on which they bought it: whether the article was new then. Lines of orders
-- worth nothing are out; refunds do not undo that an article was chosen.
{{ config(materialized='day_history', day_column='order_date') }}

with order_lines as (

    select * from {{ ref('int_identity__order_lines') }}
    where {{ computed_days('order_date') }}

),

orders as (

    select * from {{ ref('int_purchases__orders') }}
    where {{ computed_days('order_date') }}

),

product_groups as (

    select * from {{ ref('int_products__groups') }}

),

sku_days as (

    select
        order_lines.customer_id,
        order_lines.sku,
        count(*) as line_count,
        sum(order_lines.quantity) as unit_count,
        sum(order_lines.net_amount) as sale_amount,
        order_lines.order_date
    from order_lines
    inner join orders
        on
            order_lines.customer_id = orders.customer_id
            and order_lines.source_name = orders.source_name
            and order_lines.order_id = orders.order_id
            and order_lines.order_date = orders.order_date
    where order_lines.line_kind = 'sale' and order_lines.sku is not null
    group by order_lines.customer_id, order_lines.sku, order_lines.order_date

),

with_marks as (

    select
        sku_days.customer_id,
        sku_days.sku,
        sku_days.line_count,
        sku_days.unit_count,
        sku_days.sale_amount,
        coalesce({{ is_new_product('sku_days.order_date', 'product_groups.launched_date') }}, false) as is_new_product,
        sku_days.order_date
    from sku_days
    left join product_groups on sku_days.sku = product_groups.sku

)

select * from with_marks
