-- One row per company, under a digest of the source's reference; its newest record.
{{ config(materialized='view') }}

with companies as (

    select * from {{ ref('int_canonical__companies') }}

),

newest_records as (

    select
        'o_' || left(sha256(company_ref), 20) as company_id,
        'o_' || left(sha256(parent_company_ref), 20) as parent_company_id,
        company_ref,
        industry_code,
        industry,
        structure,
        country,
        region,
        employees_count,
        annual_revenue_amount
    from companies
    qualify row_number() over (
        partition by company_ref
        order by updated_at desc nulls last, created_at desc nulls last, source_name asc
    ) = 1

)

select * from newest_records
