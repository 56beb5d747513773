-- One row per customer: everybody any source knows, with what is known about them now. The customer_id is a digest of
-- the key that stands for the customer, the same on every night, in every rebuild and whatever the row order.
{% set dated_entities = {
    'int_identity__order_lines': 'order_date',
    'int_identity__campaign_exposures': 'assigned_date',
    'int_identity__interactions': 'occurred_date',
    'int_identity__survey_answers': 'answered_date',
    'int_identity__social_interactions': 'occurred_date',
} %}

with customer_records as (

    select * from {{ ref('int_identity__customer_records') }}

),

customer_keys as (

    select * from {{ ref('int_identity__customer_keys') }}

),

sightings as (

    select
        customer_keys.customer_id,
        customer_records.created_date as seen_date
    from customer_records
    inner join customer_keys
        on customer_keys.key_kind = 'ref' and customer_records.customer_ref = customer_keys.key_value
    {%- for model, seen_date in dated_entities.items() %}
    union all
    select
        customer_id,
        min({{ seen_date }}) as seen_date
    from {{ ref(model) }}
    where customer_id is not null
    group by customer_id
    {%- endfor %}

),

known_since as (

    select
        customer_id,
        min(seen_date) as known_since_date
    from sightings
    group by customer_id

),

attributes as (

    select
        customer_keys.customer_id,
        customer_records.*
    from customer_records
    inner join customer_keys
        on customer_keys.key_kind = 'ref' and customer_records.customer_ref = customer_keys.key_value
    qualify row_number() over (
        partition by customer_keys.customer_id
        order by
            customer_records.updated_at desc nulls last,
            customer_records.created_at desc nulls last,
            customer_records.source_name asc,
            customer_records.customer_ref asc
    ) = 1

),

customers as (

    select
        known_since.customer_id,
        coalesce(attributes.account_type, 'consumer') as account_type,
        attributes.declared_age_band,
        attributes.gender,
        attributes.income_band,
        attributes.education,
        attributes.occupation,
        attributes.marital_status,
        attributes.country,
        attributes.region,
        attributes.city,
        attributes.postal_code,
        'o_' || left(sha256(attributes.company_ref), 20) as company_id,
        attributes.acquisition_channel,
        attributes.loyalty_tier,
        attributes.household_size,
        attributes.children_count,
        attributes.has_email_consent,
        attributes.has_sms_consent,
        attributes.has_phone_consent,
        attributes.has_ads_consent,
        attributes.birth_date,
        known_since.known_since_date
    from known_since
    left join attributes on known_since.customer_id = attributes.customer_id

)

select * from customers
