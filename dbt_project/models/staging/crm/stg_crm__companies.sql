-- One row per version of a company record of any export in the generic shape.
{{ config(enabled=source_is_on('crm', 'companies')) }}

with companies as (

    {{ record_versions(source('crm', 'companies'), ['company_ref'], 'updated_at') }}

),

renamed as (

    select
        company_ref,
        name as company_name,
        industry_code,
        industry,
        structure,
        country,
        currency as currency_code,
        parent_company_ref,
        employees_count,
        annual_revenue as annual_revenue_amount,
        created_at,
        updated_at
    from companies

)

select * from renamed
