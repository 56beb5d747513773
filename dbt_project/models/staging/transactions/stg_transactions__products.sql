-- One row per product of any export in the generic shape.
{{ config(enabled=source_is_on('transactions', 'products')) }}

with products as (

    {{ latest_rows(source('transactions', 'products'), ['sku']) }}

),

renamed as (

    select
        sku,
        name as product_name,
        category,
        subcategory,
        brand,
        unit_cost as unit_cost_amount,
        launched_at
    from products

)

select * from renamed
