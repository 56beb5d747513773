-- One row per company reference: the company it stands for. Where nothing is matched, every reference is a company.
with company_records as (

    select * from {{ ref('int_identity__company_records') }}

),

{% if var('identity_matching') -%}
matched as (

    select * from {{ source('matching', 'company_map') }}

),

mapped as (

    select
        company_records.company_ref,
        matched.company_id
    from company_records
    inner join matched on company_records.company_ref = matched.company_ref

)
{%- else -%}
mapped as (

    select
        company_ref,
        'o_' || left(sha256(company_ref), 20) as company_id
    from company_records

)
{%- endif %}

select * from mapped
