-- One row per company: what its newest record says, and where that is silent an older one.
with company_records as (

    select * from {{ ref('int_identity__company_records') }}

),

company_map as (

    select * from {{ ref('int_identity__company_map') }}

),

ranked as (

    select
        company_map.company_id,
        company_records.*,
        row_number() over (
            partition by company_map.company_id
            order by
                company_records.updated_at desc nulls last,
                company_records.created_at desc nulls last,
                company_records.company_ref asc
        ) as survivor_rank
    from company_records
    inner join company_map on company_records.company_ref = company_map.company_ref

),

golden as (

    select
        company_id,
        {% for column in [
            'parent_company_ref', 'industry_code', 'industry', 'structure', 'country_code', 'region', 'employees_count',
            'annual_revenue_amount',
        ] -%}
        arg_min({{ column }}, survivor_rank) as {{ column }},
        {% endfor -%}
        count(*) as records_count
    from ranked
    group by company_id

),

with_parents as (

    select
        golden.company_id,
        -- The record named as the parent may be another one of the company itself.
        nullif(company_map.company_id, golden.company_id) as parent_company_id,
        golden.industry_code,
        golden.industry,
        golden.structure,
        golden.country_code as country,
        golden.region,
        golden.employees_count,
        golden.annual_revenue_amount,
        golden.records_count
    from golden
    left join company_map on golden.parent_company_ref = company_map.company_ref

)

select * from with_parents
