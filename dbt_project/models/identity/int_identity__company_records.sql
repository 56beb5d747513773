-- One row per company reference: its newest record, in the spelling that matching compares. What a record said before
-- is in int_identity__company_history.
with companies as (

    select * from {{ ref('int_canonical__companies') }}

),

country_names as (

    select * from {{ ref('country_names') }}

),

newest_records as (

    select *
    from companies
    qualify row_number() over (
        partition by company_ref
        order by updated_at desc nulls last, created_at desc nulls last, source_name asc
    ) = 1

),

normalized as (

    select
        newest_records.company_ref,
        newest_records.source_name,
        {{ company_name_key('newest_records.company_name') }} as name_key,
        nullif(regexp_replace(lower(trim(newest_records.domain)), '^www\.', ''), '') as domain_key,
        nullif(regexp_replace(upper(newest_records.registry_number), '[^0-9A-Z]', '', 'g'), '') as registry_key,
        {{ postal_key('newest_records.postal_code') }} as postal_key,
        {{ folded('newest_records.city') }} as city_key,
        coalesce(country_names.country_code, upper(newest_records.country)) as country_code,
        newest_records.company_name,
        newest_records.parent_company_ref,
        newest_records.industry_code,
        newest_records.industry,
        newest_records.structure,
        newest_records.region,
        newest_records.employees_count,
        newest_records.annual_revenue_amount,
        newest_records.created_at,
        newest_records.updated_at
    from newest_records
    left join country_names on {{ country_key('newest_records.country') }} = country_names.name

)

select * from normalized
