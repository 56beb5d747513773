-- One row per basket and product, in the shape of the canonical order line.
-- Fuel is counted in small fractions of a gallon and by the thousand, nothing else in more than a few hundred units:
-- such a line is one unit, or whoever fills up would buy in bulk.
-- sales_value is what the retailer receives; retailer-funded discounts are given back to show the gross price.
{{ config(enabled=source_is_on('completejourney', 'transactions')) }}

with transactions as (

    {{ latest_rows(source('completejourney', 'transactions'), ['basket_id', 'product_id']) }}

),

renamed as (

    select
        cast(basket_id as varchar) as order_id,
        cast(product_id as varchar) as line_number,
        cast(household_id as varchar) as customer_ref,
        cast(product_id as varchar) as sku,
        'USD' as currency_code,
        'sale' as line_kind,
        'store' as sales_channel,
        case when quantity >= 1000 then 1 else quantity end as quantity,
        sales_value + retail_disc + coupon_match_disc as gross_amount,
        retail_disc + coupon_match_disc as discount_amount,
        sales_value as net_amount,
        transaction_timestamp as ordered_at
    from transactions

)

select * from renamed
