-- One row per product.
{{ config(enabled=source_is_on('completejourney', 'products')) }}

with products as (

    {{ latest_rows(source('completejourney', 'products'), ['product_id']) }}

),

renamed as (

    select
        cast(product_id as varchar) as sku,
        product_type as product_name,
        department as category,
        product_category as subcategory,
        brand,
        cast(null as decimal(18, 4)) as unit_cost_amount
    from products

)

select * from renamed
