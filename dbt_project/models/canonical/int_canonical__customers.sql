-- One row per version of a customer record of all connected sources: the same person may have several records, in one
-- source or in two, and what a record said before still tells whose an address or a number was.
{{ config(materialized='view') }}

with customers as (

    {{ union_staging('customers', [
        {'name': 'customer_ref', 'type': 'varchar'},
        {'name': 'account_type', 'type': 'varchar'},
        {'name': 'email', 'type': 'varchar'},
        {'name': 'phone', 'type': 'varchar'},
        {'name': 'first_name', 'type': 'varchar'},
        {'name': 'last_name', 'type': 'varchar'},
        {'name': 'gender', 'type': 'varchar'},
        {'name': 'income_band', 'type': 'varchar'},
        {'name': 'education', 'type': 'varchar'},
        {'name': 'occupation', 'type': 'varchar'},
        {'name': 'marital_status', 'type': 'varchar'},
        {'name': 'declared_age_band', 'type': 'varchar'},
        {'name': 'country', 'type': 'varchar'},
        {'name': 'region', 'type': 'varchar'},
        {'name': 'city', 'type': 'varchar'},
        {'name': 'postal_code', 'type': 'varchar'},
        {'name': 'street', 'type': 'varchar'},
        {'name': 'company_ref', 'type': 'varchar'},
        {'name': 'acquisition_channel', 'type': 'varchar'},
        {'name': 'loyalty_tier', 'type': 'varchar'},
        {'name': 'loyalty_number', 'type': 'varchar'},
        {'name': 'household_size', 'type': 'integer'},
        {'name': 'children_count', 'type': 'integer'},
        {'name': 'has_email_consent', 'type': 'boolean'},
        {'name': 'has_sms_consent', 'type': 'boolean'},
        {'name': 'has_phone_consent', 'type': 'boolean'},
        {'name': 'has_ads_consent', 'type': 'boolean'},
        {'name': 'birth_date', 'type': 'date'},
        {'name': 'created_at', 'type': 'timestamptz'},
        {'name': 'updated_at', 'type': 'timestamptz'},
    ]) }}

),

normalized as (

    select
        source_name,
        customer_ref,
        account_type,
        {{ normalized_email('email') }} as email,
        {{ normalized_phone('phone') }} as phone,
        first_name,
        last_name,
        gender,
        income_band,
        education,
        occupation,
        marital_status,
        declared_age_band,
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
        has_email_consent,
        has_sms_consent,
        has_phone_consent,
        has_ads_consent,
        row_number() over (
            partition by source_name, customer_ref
            order by updated_at desc nulls last, created_at desc nulls last
        ) = 1 as is_current,
        birth_date,
        cast(created_at as date) as created_date,
        coalesce(updated_at, created_at) as valid_from,
        created_at,
        updated_at
    from customers

)

select * from normalized
