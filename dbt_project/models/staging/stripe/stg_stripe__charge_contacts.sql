-- One row per charge that was paid: who paid it, by the billing details given with the payment.
{{ config(enabled=source_is_on('stripe', 'charges')) }}

with charges as (

    {{ stripe_paid_charges(source('stripe', 'charges')) }}

),

renamed as (

    select
        'stripe:' || id as contact_ref,
        'stripe:' || customer as customer_ref,
        coalesce(billing_email, receipt_email) as email,
        billing_phone as phone,
        {{ given_name_of('billing_name') }} as first_name,
        {{ family_name_of('billing_name') }} as last_name,
        billing_line1 as street,
        billing_postal_code as postal_code,
        billing_city as city,
        billing_country as country,
        to_timestamp(created) as seen_at
    from charges

)

select * from renamed
