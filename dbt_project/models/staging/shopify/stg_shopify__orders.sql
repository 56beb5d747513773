-- One row per line item of an order and one per order with refunds. The export gives the order's own fields on its
-- first row only; they are filled down. What belongs to the whole order is allotted so that the lines add up to it:
-- * The order's discount by the lines' values. It may contain what the lines show as their own and what came off
--   shipping, so only as much is allotted as Subtotal says was taken off the lines.
-- * Taxes by the lines' values after discounts. Where prices contain tax (Subtotal and Shipping alone are Total), it
--   comes off them, and shipping has its part of it.
-- * Shipping with the first line: it belongs to no article.
-- A cancelled order and one whose payment was voided or ran out never happened. One that is not paid yet (pending,
-- authorized, partially_paid) is a sale; should it be cancelled, it is exported again.
-- The export says how much was refunded, not when and for which articles: it becomes one line an order, dated at the
-- latest time the export knows of the order (made, paid or fulfilled), since the later day of the refund is not told.
-- The API's refunds would have both.
{{ config(enabled=source_is_on('shopify', 'orders')) }}

with order_rows as (

    {{ latest_groups(source('shopify', 'orders'), ['order_name']) }}

),

orders as (

    select
        order_name,
        any_value(email order by _row_number) as email,
        coalesce(
            any_value(phone order by _row_number),
            any_value(billing_phone order by _row_number)
        ) as phone,
        any_value(currency order by _row_number) as currency_code,
        case
            when any_value(cancelled_at order by _row_number) is not null then 'cancellation'
            when any_value(financial_status order by _row_number) in ('voided', 'expired') then 'cancellation'
            else 'sale'
        end as line_kind,
        lower(any_value(source order by _row_number)) as sales_channel,
        any_value(shipping_method order by _row_number) as delivery_method,
        coalesce(
            any_value(shipping_country order by _row_number),
            any_value(billing_country order by _row_number)
        ) as country,
        coalesce(
            any_value(shipping_province order by _row_number),
            any_value(billing_province order by _row_number)
        ) as region,
        -- Shopify writes '01234 so that spreadsheets keep the zero.
        ltrim(
            coalesce(
                any_value(shipping_zip order by _row_number),
                any_value(billing_zip order by _row_number)
            ),
            ''''
        ) as postal_code,
        any_value(discount_code order by _row_number) as coupon_code,
        any_value(subtotal order by _row_number) as subtotal_amount,
        coalesce(any_value(discount_amount order by _row_number), 0) as discount_amount,
        coalesce(any_value(shipping order by _row_number), 0) as shipping_amount,
        coalesce(any_value(taxes order by _row_number), 0) as tax_amount,
        any_value(total order by _row_number) as total_amount,
        coalesce(any_value(refunded_amount order by _row_number), 0) as refunded_amount,
        any_value(created_at order by _row_number) as created_at,
        any_value(paid_at order by _row_number) as paid_at,
        any_value(fulfilled_at order by _row_number) as fulfilled_at
    from order_rows
    group by order_name

),

line_items as (

    select
        order_name,
        row_number() over (partition by order_name order by _row_number) as line_position,
        coalesce(lineitem_sku, 'name:' || lineitem_name) as sku,
        lineitem_quantity as quantity,
        cast(lineitem_quantity * lineitem_price as decimal(18, 4)) as listed_amount,
        -- No line costs less than nothing.
        cast(
            least(coalesce(lineitem_discount, 0), lineitem_quantity * lineitem_price) as decimal(18, 4)
        ) as own_discount_amount
    from order_rows

),

valued as (

    select
        *,
        cast(listed_amount - own_discount_amount as decimal(18, 4)) as value_amount,
        cast(sum(own_discount_amount) over (partition by order_name) as decimal(18, 4)) as own_discounts_amount,
        cast(sum(listed_amount - own_discount_amount) over (partition by order_name) as decimal(18, 4)) as values_amount
    from line_items

),

order_discounts as (

    select
        valued.*,
        orders.* exclude (order_name), -- noqa: RF02
        cast(
            greatest(
                least(
                    valued.values_amount - coalesce(
                        orders.subtotal_amount,
                        valued.values_amount - greatest(orders.discount_amount - valued.own_discounts_amount, 0)
                    ),
                    orders.discount_amount
                ),
                0
            ) as decimal(18, 4)
        ) as order_discount_amount,
        sum(valued.value_amount) over (
            partition by valued.order_name order by valued.line_position
        ) as running_value_amount
    from valued
    inner join orders on valued.order_name = orders.order_name

),

discounted as (

    select
        *,
        {{ allotted(
            'order_discount_amount', 'value_amount', 'running_value_amount', 'values_amount'
        ) }} as allotted_discount_amount,
        tax_amount > 0 and total_amount = subtotal_amount + shipping_amount as has_tax_in_prices
    from order_discounts

),

charged as (

    select
        *,
        own_discount_amount + allotted_discount_amount as line_discount_amount,
        value_amount - allotted_discount_amount as charged_amount
    from discounted

),

-- Where everything was free, the first line bears the tax on shipping.
tax_weighed as (

    select
        *,
        cast(
            case
                when has_tax_in_prices and total_amount > 0
                    then round(tax_amount * shipping_amount / total_amount, 2)
                else 0
            end as decimal(18, 4)
        ) as shipping_tax_amount,
        cast(
            case
                when sum(charged_amount) over (partition by order_name) > 0 then charged_amount
                when line_position = 1 then 1
                else 0
            end as decimal(18, 4)
        ) as tax_weight
    from charged

),

tax_running as (

    select
        *,
        tax_amount - shipping_tax_amount as lines_tax_amount,
        sum(tax_weight) over (partition by order_name order by line_position) as running_tax_weight,
        sum(tax_weight) over (partition by order_name) as total_tax_weight
    from tax_weighed

),

taxed as (

    select
        * exclude (tax_amount, shipping_amount),
        {{ allotted('lines_tax_amount', 'tax_weight', 'running_tax_weight', 'total_tax_weight') }} as line_tax_amount,
        case when line_position = 1 then shipping_tax_amount else 0 end as carried_tax_amount,
        case when line_position = 1 then shipping_amount - shipping_tax_amount else 0 end as carried_shipping_amount
    from tax_running

),

priced as (

    select
        *,
        case when has_tax_in_prices then line_tax_amount else 0 end as included_tax_amount
    from taxed

),

sale_lines as (

    select
        order_name as order_id,
        cast(line_position as varchar) as line_number,
        'shopify:' || order_name as contact_ref,
        email,
        phone,
        sku,
        currency_code,
        line_kind,
        case when sales_channel = 'pos' then 'store' else sales_channel end as sales_channel,
        delivery_method,
        country,
        region,
        postal_code,
        coupon_code,
        cast(quantity as decimal(18, 4)) as quantity,
        charged_amount + line_discount_amount - included_tax_amount as gross_amount,
        line_discount_amount as discount_amount,
        charged_amount - included_tax_amount as net_amount,
        line_tax_amount + carried_tax_amount as tax_amount,
        carried_shipping_amount as shipping_amount,
        created_at as ordered_at,
        refunded_amount,
        greatest(created_at, paid_at, fulfilled_at) as last_known_at
    from priced

),

-- What was taken for the order, as far as it is revenue, tax or shipping; tips and duties are neither.
refunded_orders as (

    select
        order_id,
        any_value(contact_ref) as contact_ref,
        any_value(email) as email,
        any_value(phone) as phone,
        case when count(distinct sku) = 1 then any_value(sku) end as sku,
        any_value(currency_code) as currency_code,
        any_value(sales_channel) as sales_channel,
        any_value(delivery_method) as delivery_method,
        any_value(country) as country,
        any_value(region) as region,
        any_value(postal_code) as postal_code,
        any_value(coupon_code) as coupon_code,
        sum(quantity) as quantity,
        sum(net_amount) as net_amount,
        sum(tax_amount) as tax_amount,
        sum(net_amount + tax_amount + shipping_amount) as taken_amount,
        least(any_value(refunded_amount), sum(net_amount + tax_amount + shipping_amount)) as refunded_amount,
        any_value(last_known_at) as last_known_at
    from sale_lines
    where line_kind = 'sale' and refunded_amount > 0
    group by order_id
    having sum(net_amount + tax_amount + shipping_amount) > 0

),

refund_parts as (

    select
        *,
        cast(round(refunded_amount * net_amount / taken_amount, 2) as decimal(18, 4)) as refunded_net_amount,
        cast(round(refunded_amount * tax_amount / taken_amount, 2) as decimal(18, 4)) as refunded_tax_amount
    from refunded_orders

),

refund_lines as (

    select
        order_id,
        'refund' as line_number,
        contact_ref,
        email,
        phone,
        sku,
        currency_code,
        'refund' as line_kind,
        sales_channel,
        delivery_method,
        country,
        region,
        postal_code,
        coupon_code,
        -- Which articles came back is not known: of all of them the same part as of the money.
        cast(-quantity * refunded_amount / taken_amount as decimal(18, 4)) as quantity,
        -refunded_net_amount as gross_amount,
        0 as discount_amount,
        -refunded_net_amount as net_amount,
        -refunded_tax_amount as tax_amount,
        -(refunded_amount - refunded_net_amount - refunded_tax_amount) as shipping_amount,
        last_known_at as ordered_at
    from refund_parts

),

lines as (

    select * exclude (refunded_amount, last_known_at) from sale_lines
    union all by name
    select * from refund_lines

),

typed as (

    select
        * exclude (gross_amount, discount_amount, net_amount, tax_amount, shipping_amount),
        cast(gross_amount as decimal(18, 4)) as gross_amount,
        cast(discount_amount as decimal(18, 4)) as discount_amount,
        cast(net_amount as decimal(18, 4)) as net_amount,
        cast(tax_amount as decimal(18, 4)) as tax_amount,
        cast(shipping_amount as decimal(18, 4)) as shipping_amount
    from lines

)

select * from typed
