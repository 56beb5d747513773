-- One row per customer, category and day on which they ordered from it. An order counts once in each of its
-- categories; orders worth nothing and lines whose category nobody names are out.
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

category_orders as (

    select
        order_lines.customer_id,
        order_lines.source_name,
        order_lines.order_id,
        product_groups.category_code,
        min(product_groups.category) as category,
        sum(order_lines.net_amount) as sale_amount,
        order_lines.order_date
    from order_lines
    inner join orders
        on
            order_lines.customer_id = orders.customer_id
            and order_lines.source_name = orders.source_name
            and order_lines.order_id = orders.order_id
            and order_lines.order_date = orders.order_date
    inner join product_groups on order_lines.sku = product_groups.sku
    where order_lines.line_kind = 'sale' and product_groups.category_code is not null
    group by
        order_lines.customer_id,
        order_lines.source_name,
        order_lines.order_id,
        product_groups.category_code,
        order_lines.order_date

),

category_days as (

    select
        customer_id,
        category_code,
        min(category) as category,
        count(*) as order_count,
        sum(sale_amount) as sale_amount,
        order_date
    from category_orders
    group by customer_id, category_code, order_date

)

select * from category_days
