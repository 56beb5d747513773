-- One row per version of a customer record of any export in the generic shape.
{{ config(enabled=source_is_on('crm', 'customers')) }}

with customers as (

    {{ record_versions(source('crm', 'customers'), ['customer_ref'], 'updated_at') }}

),

renamed as (

    select
        customer_ref,
        account_type,
        email,
        phone,
        first_name,
        last_name,
        gender,
        income_band,
        education,
        occupation,
        marital_status,
        country,
        region,
        city,
        postal_code,
        street,
        company_ref,
        acquisition_channel,
        loyalty_tier,
        loyalty_number,
        household_size,
        children_count,
        consent_email as has_email_consent,
        consent_sms as has_sms_consent,
        consent_phone as has_phone_consent,
        consent_ads as has_ads_consent,
        birth_date,
        created_at,
        updated_at
    from customers

)

select * from renamed
