-- One row per customer and stretch of days in which the customer belonged to a company: the company that the customer's
-- record names, else the one whose domain the customer writes from. Which company a reference or a domain means is
-- judged by all that is known tonight, as everything is that matching decides.
{{ config(materialized='table') }}

with customer_history as (

    select * from {{ ref('int_identity__customer_history') }}

),

company_map as (

    select * from {{ ref('int_identity__company_map') }}

),

company_records as (

    select * from {{ ref('int_identity__company_records') }}

),

mail_providers as (

    select * from {{ ref('mail_providers') }}

),

-- Domains that one company has: whoever writes from there and is known by no company reference works for it.
company_domains as (

    select
        company_records.domain_key,
        min(company_map.company_id) as company_id
    from company_records
    inner join company_map on company_records.company_ref = company_map.company_ref
    where
        company_records.domain_key is not null
        and company_records.domain_key not in (select mail_providers.domain from mail_providers)
    group by company_records.domain_key
    having count(distinct company_map.company_id) = 1

),

customer_companies as (

    select
        customer_history.customer_id,
        coalesce(company_map.company_id, company_domains.company_id) as company_id,
        customer_history.valid_from,
        customer_history.valid_to
    from customer_history
    left join company_map on customer_history.company_ref = company_map.company_ref
    left join company_domains on split_part(customer_history.email, '@', 2) = company_domains.domain_key
    where coalesce(company_map.company_id, company_domains.company_id) is not null

)

select * from customer_companies
