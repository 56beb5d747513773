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

customer_companies as (

    select * from {{ ref('int_identity__customer_companies') }}
    where valid_to is null

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
        customer_companies.company_id,
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
    left join customer_companies on known_since.customer_id = customer_companies.customer_id

)

select * from customers
