-- One row per day with order lines: all that is known of them, as one number. Rows are hashed whole, together with what
-- is known of their product, and the hashes added up, so that their order does not matter.
with order_lines as (

    select * from {{ ref('int_identity__order_lines') }}

),

products as (

    select * from {{ ref('int_canonical__products') }}

),

-- Once per product and not once per line.
product_hashes as (

    select
        sku,
        hash(products) as product_hash -- noqa: RF02
    from products

),

days as (

    select
        sum(hash(order_lines, product_hashes.product_hash)) as inputs_hash, -- noqa: RF02
        count(*) as order_lines_count,
        order_lines.order_date as input_date
    from order_lines
    left join product_hashes on order_lines.sku = product_hashes.sku
    group by order_lines.order_date

)

select * from days
