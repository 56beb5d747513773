-- One row per company: what its newest record says, and where that is silent an older one.
with company_history as (

    select * from {{ ref('int_identity__company_history') }}
    where valid_to is null

),

company_map as (

    select * from {{ ref('int_identity__company_map') }}

),

records as (

    select
        company_id,
        count(*) as records_count
    from company_map
    group by company_id

),

companies as (

    select
        company_history.company_id,
        company_history.parent_company_id,
        company_history.industry_code,
        company_history.industry_code_system,
        company_history.industry,
        company_history.structure,
        company_history.country,
        company_history.region,
        company_history.employees_count,
        company_history.annual_revenue_amount,
        records.records_count
    from company_history
    inner join records on company_history.company_id = records.company_id

)

select * from companies
