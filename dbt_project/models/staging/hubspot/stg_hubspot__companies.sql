-- One row per version of a company that has not been deleted. Whether a company without parent and children stands
-- alone or nobody has linked it, HubSpot cannot tell; its structure is not known.
{{ config(enabled=source_is_on('hubspot', 'companies')) }}

with companies as (

    {{ record_versions(source('hubspot', 'companies'), ['id'], 'updated_at', deleted='archived') }}

),

renamed as (

    select
        'hubspot:' || id as company_ref,
        company_name,
        domain,
        industry,
        case
            when parent_company_id is not null then 'subsidiary'
            when child_companies_count > 0 then 'headquarters'
        end as structure,
        country,
        region,
        city,
        postal_code,
        'hubspot:' || parent_company_id as parent_company_ref,
        employees_count,
        annual_revenue as annual_revenue_amount,
        created_at,
        updated_at
    from companies

)

select * from renamed
