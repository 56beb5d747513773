-- One row per version of an account that is a company and has not been deleted. Person accounts are persons: their
-- contacts are customers, they are no companies. Whether an account without a parent stands alone or has others below
-- it, its own record does not tell; its structure is not known.
{{ config(enabled=source_is_on('salesforce', 'accounts')) }}

with accounts as (

    {{ record_versions(source('salesforce', 'accounts'), ['id'], 'updated_at', deleted='is_deleted') }}

),

companies as (

    select *
    from accounts
    where not coalesce(is_person_account, false)

),

renamed as (

    select
        'salesforce:' || id as company_ref,
        account_name as company_name,
        nullif(
            regexp_extract(lower(website), '^\s*(?:https?://)?(?:www\.)?([^/:?#\s]+)', 1), ''
        ) as domain, -- noqa: RF04
        duns_number as registry_number,
        coalesce(naics_code, sic_code) as industry_code,
        case when naics_code is not null then 'naics' when sic_code is not null then 'sic' end as industry_code_system,
        industry,
        case when parent_id is not null then 'subsidiary' end as structure,
        billing_country as country,
        billing_state as region,
        billing_city as city,
        billing_postal_code as postal_code,
        currency as currency_code,
        'salesforce:' || parent_id as parent_company_ref,
        employees_count,
        -- Data Loader writes large numbers as 3.5E8, which only a floating-point number reads.
        cast(cast(annual_revenue as double) as decimal(18, 4)) as annual_revenue_amount,
        created_at,
        updated_at
    from companies

)

select * from renamed
