-- One row per customer: everybody any source knows, with what is known about them now. Names and addresses stay behind
-- in the golden record.
with customer_map as (

    select * from {{ ref('int_identity__customer_map') }}

),

customer_history as (

    select * from {{ ref('int_identity__customer_history') }}
    where valid_to is null

),

sightings as (

    select * from {{ ref('int_identity__sightings') }}

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

known_since as (

    select
        customer_map.customer_id,
        cast(min(sightings.first_seen_at) as date) as known_since_date
    from customer_map
    inner join sightings on customer_map.profile_id = sightings.profile_id
    group by customer_map.customer_id

),

customers as (

    select
        known_since.customer_id,
        coalesce(customer_history.account_type, 'consumer') as account_type,
        customer_history.declared_age_band,
        customer_history.gender,
        customer_history.income_band,
        customer_history.education,
        customer_history.occupation,
        customer_history.marital_status,
        customer_history.country,
        customer_history.region,
        customer_history.city,
        customer_history.postal_code,
        coalesce(company_map.company_id, company_domains.company_id) as company_id,
        customer_history.acquisition_channel,
        customer_history.loyalty_tier,
        customer_history.household_size,
        customer_history.children_count,
        customer_history.has_email_consent,
        customer_history.has_sms_consent,
        customer_history.has_phone_consent,
        customer_history.has_ads_consent,
        customer_history.birth_date,
        known_since.known_since_date
    from known_since
    left join customer_history on known_since.customer_id = customer_history.customer_id
    left join company_map on customer_history.company_ref = company_map.company_ref
    left join company_domains on split_part(customer_history.email, '@', 2) = company_domains.domain_key

)

select * from customers
