-- One row per order line, with the customer_id in place of the source's keys. Lines without a customer stay, with a
-- null customer_id, so that money reconciles. Cancelled lines never happened and are out.
{{ config(materialized='table') }}

with order_lines as (

    select * from {{ ref('int_canonical__order_lines') }}

),

customer_map as (

    select * from {{ ref('int_identity__customer_map') }}

),

{% if var('identity_matching') -%}
contact_profiles as (

    select * from {{ ref('int_identity__contact_profiles') }}

),

{% endif -%}
identified as (

    select
        customers_of_profiles.customer_id,
        order_lines.source_name,
        order_lines.order_id,
        order_lines.line_number,
        order_lines.sku,
        order_lines.line_kind,
        order_lines.sales_channel,
        order_lines.device,
        order_lines.delivery_method,
        order_lines.country,
        order_lines.region,
        order_lines.postal_code,
        order_lines.coupon_code,
        order_lines.quantity,
        order_lines.gross_amount,
        order_lines.discount_amount,
        order_lines.net_amount,
        order_lines.tax_amount,
        order_lines.shipping_amount,
        order_lines.order_date,
        order_lines.ordered_at,
        order_lines.promised_at,
        order_lines.delivered_at
    from order_lines
    {{ join_customers(['customer_ref', 'email', 'phone'], 'order_lines', with_contact=true) }}
    where order_lines.line_kind <> 'cancellation'

)

select * from identified
