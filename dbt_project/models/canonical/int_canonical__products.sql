-- One row per product of all connected sources; where two sources know a sku, the first by name is believed.
with products as (

    {{ union_staging('products', [
        {'name': 'sku', 'type': 'varchar'},
        {'name': 'product_name', 'type': 'varchar'},
        {'name': 'category', 'type': 'varchar'},
        {'name': 'subcategory', 'type': 'varchar'},
        {'name': 'brand', 'type': 'varchar'},
        {'name': 'unit_cost_amount', 'type': 'decimal(18, 4)'},
        {'name': 'launched_at', 'type': 'timestamptz'},
    ]) }}

),

deduplicated as (

    select
        sku,
        product_name,
        category,
        subcategory,
        brand,
        unit_cost_amount,
        cast(launched_at as date) as launched_date
    from products
    qualify row_number() over (
        partition by sku
        order by source_name asc
    ) = 1

)

select * from deduplicated
