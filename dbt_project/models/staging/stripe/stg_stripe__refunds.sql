-- One row per refund, as a line of its own on the day of the refund. Customer and e-mail are those of the charge; a
-- refund of a charge that is not known stays, without a customer, so that money reconciles. Refunds that failed or wait
-- are out. The refund of a charge that was never collected gives up the authorisation: like the charge it is a
-- cancellation.
{{ config(enabled=source_is_on('stripe', 'refunds') and source_is_on('stripe', 'charges')) }}

with refunds as (

    {{ latest_rows(source('stripe', 'refunds'), ['id']) }}

),

charges as (

    select * from {{ ref('stg_stripe__charges') }}

),

succeeded as (

    select
        *,
        -{{ stripe_amount('amount', 'currency') }} as refunded_amount
    from refunds
    where coalesce(status, 'succeeded') = 'succeeded'

),

joined as (

    select
        coalesce(succeeded.charge, succeeded.payment_intent, succeeded.id) as order_id,
        succeeded.id as line_number,
        charges.customer_ref,
        charges.contact_ref,
        charges.email,
        charges.phone,
        upper(succeeded.currency) as currency_code,
        case when charges.line_kind = 'cancellation' then 'cancellation' else 'refund' end as line_kind,
        charges.country,
        charges.region,
        charges.postal_code,
        -- The part of the payment that was given back, as the payment counts as one unit.
        cast(
            coalesce(succeeded.refunded_amount / nullif(charges.gross_amount, 0), -1) as decimal(18, 4)
        ) as quantity,
        succeeded.refunded_amount as gross_amount,
        cast(0 as decimal(18, 4)) as discount_amount,
        succeeded.refunded_amount as net_amount,
        to_timestamp(succeeded.created) as ordered_at
    from succeeded
    left join charges on succeeded.charge = charges.order_id

)

select * from joined
