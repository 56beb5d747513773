-- One row per order line, with the customer_id in place of the source's key. Lines without a customer stay, with a
-- null customer_id, so that money reconciles. Cancelled lines never happened and are out.
{{ config(materialized='view') }}

with order_lines as (

    select * from {{ ref('int_identity__order_lines_unioned') }}

),

customers as (

    select * from {{ ref('int_identity__customers') }}

),

identified as (

    select
        order_lines.source_name,
        order_lines.order_id,
        order_lines.line_number,
        customers.customer_id,
        order_lines.sku,
        order_lines.line_kind,
        order_lines.sales_channel,
        order_lines.quantity,
        order_lines.gross_amount,
        order_lines.discount_amount,
        order_lines.net_amount,
        order_lines.order_date
    from order_lines
    left join customers on order_lines.customer_ref = customers.customer_ref
    where order_lines.line_kind <> 'cancellation'

)

select * from identified
