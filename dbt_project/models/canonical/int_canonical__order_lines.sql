-- One row per order line of all connected transaction sources, dated in the company's time zone, its amounts in the
-- base currency at the newest rate of the order's day. A line whose currency has no rate that is fresh enough has no
-- amounts, and the test of this model stops the night.
{{ config(materialized='table') }}

with order_lines as (

    {{ union_staging('order_lines', [
        {'name': 'order_id', 'type': 'varchar'},
        {'name': 'line_number', 'type': 'varchar'},
        {'name': 'customer_ref', 'type': 'varchar'},
        {'name': 'contact_ref', 'type': 'varchar'},
        {'name': 'email', 'type': 'varchar'},
        {'name': 'phone', 'type': 'varchar'},
        {'name': 'sku', 'type': 'varchar'},
        {'name': 'currency_code', 'type': 'varchar'},
        {'name': 'line_kind', 'type': 'varchar'},
        {'name': 'sales_channel', 'type': 'varchar'},
        {'name': 'device', 'type': 'varchar'},
        {'name': 'delivery_method', 'type': 'varchar'},
        {'name': 'country', 'type': 'varchar'},
        {'name': 'region', 'type': 'varchar'},
        {'name': 'postal_code', 'type': 'varchar'},
        {'name': 'coupon_code', 'type': 'varchar'},
        {'name': 'quantity', 'type': 'decimal(18, 4)'},
        {'name': 'gross_amount', 'type': 'decimal(18, 4)'},
        {'name': 'discount_amount', 'type': 'decimal(18, 4)'},
        {'name': 'net_amount', 'type': 'decimal(18, 4)'},
        {'name': 'tax_amount', 'type': 'decimal(18, 4)'},
        {'name': 'shipping_amount', 'type': 'decimal(18, 4)'},
        {'name': 'ordered_at', 'type': 'timestamptz'},
        {'name': 'promised_at', 'type': 'timestamptz'},
        {'name': 'delivered_at', 'type': 'timestamptz'},
    ]) }}

),

exchange_rates as (

    select * from {{ ref('int_canonical__exchange_rates') }}

),

dated as (

    select
        order_lines.*,
        cast(order_lines.ordered_at as date) as order_date
    from order_lines

),

with_rates as (

    select
        dated.*,
        cast({{ exchange_rate('dated.currency_code', 'dated.order_date') }} as decimal(18, 10)) as exchange_rate
    from dated
    asof left join exchange_rates
        on dated.currency_code = exchange_rates.currency_code and dated.order_date >= exchange_rates.rate_date

),

converted as (

    select
        source_name,
        order_id,
        line_number,
        customer_ref,
        contact_ref,
        {{ normalized_email('email') }} as email,
        {{ normalized_phone('phone') }} as phone,
        sku,
        currency_code,
        coalesce(line_kind, 'sale') as line_kind,
        sales_channel,
        device,
        delivery_method,
        country,
        region,
        postal_code,
        coupon_code,
        quantity,
        {{ in_base_currency('gross_amount', 'currency_code', 'exchange_rate') }} as gross_amount,
        {{ in_base_currency('discount_amount', 'currency_code', 'exchange_rate') }} as discount_amount,
        {{ in_base_currency('net_amount', 'currency_code', 'exchange_rate') }} as net_amount,
        {{ in_base_currency('tax_amount', 'currency_code', 'exchange_rate') }} as tax_amount,
        {{ in_base_currency('shipping_amount', 'currency_code', 'exchange_rate') }} as shipping_amount,
        net_amount as net_source_amount,
        exchange_rate,
        order_date,
        ordered_at,
        promised_at,
        delivered_at
    from with_rates

)

select * from converted
