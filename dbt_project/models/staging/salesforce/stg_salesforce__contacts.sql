-- One row per version of a contact that has not been deleted. Salesforce knows opt-outs and nothing else: consent is
-- their negation where they are stated, and not known where they are empty. A person account is a consumer, not a
-- company's contact.
{{ config(enabled=source_is_on('salesforce', 'contacts')) }}

with contacts as (

    {{ record_versions(source('salesforce', 'contacts'), ['id'], 'updated_at', deleted='is_deleted') }}

),

with_company as (

    select
        *,
        case when not coalesce(is_person_account, false) then account_id end as company_id
    from contacts

),

renamed as (

    select
        'salesforce:' || id as customer_ref,
        case
            when is_person_account then 'consumer'
            when company_id is not null then 'business'
        end as account_type,
        email,
        -- The other number is often the company's switchboard.
        coalesce(mobile_phone, phone) as phone,
        first_name,
        last_name,
        title as occupation,
        mailing_country as country,
        mailing_state as region,
        mailing_city as city,
        mailing_postal_code as postal_code,
        mailing_street as street,
        'salesforce:' || company_id as company_ref,
        lead_source as acquisition_channel,
        not has_opted_out_of_email as has_email_consent,
        not do_not_call as has_phone_consent,
        birth_date,
        created_at,
        updated_at
    from with_company

)

select * from renamed
