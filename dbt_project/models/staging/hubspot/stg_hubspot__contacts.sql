-- One row per version of a contact that has not been deleted. HubSpot knows an opt-out from e-mail and nothing else:
-- consent is its negation where it is stated, and not known where it is empty.
{{ config(enabled=source_is_on('hubspot', 'contacts')) }}

with contacts as (

    {{ record_versions(source('hubspot', 'contacts'), ['id'], 'updated_at', deleted='archived') }}

),

renamed as (

    select
        'hubspot:' || id as customer_ref,
        -- A contact that is linked to a company buys for it; one that is not may be anybody.
        case when associated_company_id is not null then 'business' end as account_type,
        email,
        -- The other number is often the company's switchboard.
        coalesce(mobile_phone, phone) as phone,
        first_name,
        last_name,
        gender,
        job_title as occupation,
        marital_status,
        country,
        region,
        city,
        postal_code,
        street,
        'hubspot:' || associated_company_id as company_ref,
        lower(analytics_source) as acquisition_channel,
        not email_optout as has_email_consent,
        -- The field is a free text; only a date whose order of day and month is beyond doubt is taken.
        case
            when regexp_full_match(date_of_birth, '[0-9]{4}-[0-9]{2}-[0-9]{2}') then try_cast(date_of_birth as date)
        end as birth_date,
        created_at,
        updated_at
    from contacts

)

select * from renamed
