-- One row per order line of any export in the generic shape. A refund takes money back on the day it was refunded,
-- whatever sign the export gives its quantity.
{{ config(enabled=source_is_on('transactions', 'order_lines')) }}

with order_lines as (

    {{ latest_rows(source('transactions', 'order_lines'), ['order_id', 'line_number']) }}

),

renamed as (

    select
        order_id,
        cast(line_number as varchar) as line_number,
        customer_ref,
        sku,
        currency as currency_code,
        coalesce(kind, 'sale') as line_kind,
        sales_channel,
        device,
        delivery_method,
        country,
        region,
        postal_code,
        coupon_code,
        case when kind = 'refund' then -abs(quantity) else quantity end as quantity,
        unit_price,
        case when kind = 'refund' then -1 else 1 end * coalesce(discount_amount, 0) as discount_amount,
        case when kind = 'refund' then -abs(tax_amount) else tax_amount end as tax_amount,
        case when kind = 'refund' then -abs(shipping_amount) else shipping_amount end as shipping_amount,
        ordered_at,
        promised_at,
        delivered_at
    from order_lines

),

with_amounts as (

    select
        order_id,
        line_number,
        customer_ref,
        sku,
        currency_code,
        line_kind,
        sales_channel,
        device,
        delivery_method,
        country,
        region,
        postal_code,
        coupon_code,
        quantity,
        cast(quantity * unit_price as decimal(18, 4)) as gross_amount,
        discount_amount,
        cast(quantity * unit_price as decimal(18, 4)) - discount_amount as net_amount,
        tax_amount,
        shipping_amount,
        ordered_at,
        promised_at,
        delivered_at
    from renamed

)

select * from with_amounts
