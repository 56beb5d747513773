-- One row per order line of all connected transaction sources, dated in the company's time zone.
{{ config(materialized='table') }}

with order_lines as (

    {{ union_staging('order_lines', [
        {'name': 'order_id', 'type': 'varchar'},
        {'name': 'line_number', 'type': 'varchar'},
        {'name': 'customer_ref', 'type': 'varchar'},
        {'name': 'sku', 'type': 'varchar'},
        {'name': 'currency_code', 'type': 'varchar'},
        {'name': 'line_kind', 'type': 'varchar'},
        {'name': 'sales_channel', 'type': 'varchar'},
        {'name': 'quantity', 'type': 'decimal(18, 4)'},
        {'name': 'gross_amount', 'type': 'decimal(18, 4)'},
        {'name': 'discount_amount', 'type': 'decimal(18, 4)'},
        {'name': 'net_amount', 'type': 'decimal(18, 4)'},
        {'name': 'ordered_at', 'type': 'timestamptz'},
    ]) }}

),

dated as (

    select
        source_name,
        order_id,
        line_number,
        customer_ref,
        sku,
        currency_code,
        coalesce(line_kind, 'sale') as line_kind,
        sales_channel,
        quantity,
        gross_amount,
        discount_amount,
        net_amount,
        cast(ordered_at as date) as order_date
    from order_lines

)

select * from dated
