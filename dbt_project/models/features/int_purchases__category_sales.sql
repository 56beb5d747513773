-- One row per customer (null for orders of nobody known), category ("unknown" where the sources name none) and day:
-- what was sold. Every line of an order that was worth something is in exactly one row, so that units add up to what
-- left the shelves; refunds are not deducted, since what was asked for was asked for.
{{ config(materialized='day_history', day_column='order_date') }}

with order_lines as (

    select * from {{ ref('int_identity__order_lines') }}
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
        coalesce(product_groups.category_code, 'unknown') as category_code,
        min(product_groups.category) as category,
        sum(order_lines.quantity) as unit_count,
        sum(order_lines.net_amount) as sale_amount,
        order_lines.order_date
    from order_lines
    left join product_groups on order_lines.sku = product_groups.sku
    where order_lines.line_kind = 'sale'
    group by
        order_lines.customer_id,
        order_lines.source_name,
        order_lines.order_id,
        coalesce(product_groups.category_code, 'unknown'),
        order_lines.order_date

),

-- Orders worth nothing (tests, gifts, fully discounted baskets) are out, as everywhere.
worth_something as (

    select *
    from category_orders
    qualify
        sum(sale_amount) over (
            partition by customer_id, source_name, order_id, order_date
        ) > 0

),

category_sales as (

    select
        customer_id,
        category_code,
        min(category) as category,
        count(*) as order_count,
        sum(unit_count) as unit_count,
        sum(sale_amount) as sale_amount,
        order_date
    from worth_something
    group by customer_id, category_code, order_date

)

select * from category_sales
