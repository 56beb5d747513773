-- One row per account that is a company and has not been deleted. Person accounts are persons: their contacts are
-- customers, they are no companies. Whether an account without parent and children stands alone or nobody has linked
-- it, Salesforce cannot tell; its structure is not known.
{{ config(enabled=source_is_on('salesforce', 'accounts')) }}

with accounts as (

    {{ latest_rows(source('salesforce', 'accounts'), ['id'], version='updated_at') }}

),

companies as (

    select *
    from accounts
    where not coalesce(is_deleted, false) and not coalesce(is_person_account, false)

),

parents as (

    select distinct parent_id as id
    from companies
    where parent_id is not null

),

renamed as (

    select
        'salesforce:' || companies.id as company_ref,
        companies.account_name as company_name,
        nullif(
            regexp_extract(lower(companies.website), '^\s*(?:https?://)?(?:www\.)?([^/:?#\s]+)', 1), ''
        ) as domain, -- noqa: RF04
        companies.duns_number as registry_number,
        coalesce(companies.naics_code, companies.sic_code) as industry_code,
        companies.industry,
        case
            when companies.parent_id is not null then 'subsidiary'
            when parents.id is not null then 'headquarters'
        end as structure,
        companies.billing_country as country,
        companies.billing_state as region,
        companies.billing_city as city,
        companies.billing_postal_code as postal_code,
        companies.currency as currency_code,
        'salesforce:' || companies.parent_id as parent_company_ref,
        companies.employees_count,
        -- Data Loader writes large numbers as 3.5E8, which only a floating-point number reads.
        cast(cast(companies.annual_revenue as double) as decimal(18, 4)) as annual_revenue_amount,
        companies.created_at,
        companies.updated_at
    from companies
    left join parents on companies.id = parents.id

)

select * from renamed
