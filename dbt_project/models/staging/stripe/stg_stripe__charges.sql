-- One row per charge that was paid, as one line without article, discount and tax. A charge that is authorised and not
-- collected is a cancellation: the order was made, but the money was given back or may still be. The sale is the whole
-- amount even if only a part was collected, because Stripe refunds the rest by itself.
{{ config(enabled=source_is_on('stripe', 'charges')) }}

with charges as (

    {{ stripe_paid_charges(source('stripe', 'charges')) }}

),

with_amounts as (

    select
        *,
        {{ stripe_amount('amount', 'currency') }} as charged_amount
    from charges

),

renamed as (

    select
        id as order_id,
        '1' as line_number,
        'stripe:' || customer as customer_ref,
        'stripe:' || id as contact_ref,
        coalesce(billing_email, receipt_email) as email,
        billing_phone as phone,
        upper(currency) as currency_code,
        case when captured then 'sale' else 'cancellation' end as line_kind,
        billing_country as country,
        billing_state as region,
        billing_postal_code as postal_code,
        cast(1 as decimal(18, 4)) as quantity,
        charged_amount as gross_amount,
        cast(0 as decimal(18, 4)) as discount_amount,
        charged_amount as net_amount,
        to_timestamp(created) as ordered_at
    from with_amounts

)

select * from renamed
