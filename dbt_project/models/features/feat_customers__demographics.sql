-- One row per customer and as_of_date: who the customer is, without anything that names a person. Age is worked out
-- on the as-of date where a birth date is known, else the band that the source declares. Everything is as it was known
-- on the as-of date. Marital status is in one vocabulary, since every source has its own words.
{{ config(materialized='as_of_history') }}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }}

),

customer_history as (

    select * from {{ ref('int_identity__customer_history') }}

),

marital_statuses as (

    select * from {{ ref('marital_statuses') }}

),

known as (

    select
        spine.customer_id,
        coalesce(customer_history.account_type, 'consumer') as account_type,
        customer_history.declared_age_band,
        customer_history.gender,
        customer_history.income_band,
        customer_history.education,
        customer_history.occupation,
        {{ folded('customer_history.marital_status') }} as marital_status_key,
        customer_history.acquisition_channel,
        customer_history.loyalty_tier,
        customer_history.household_size,
        customer_history.children_count,
        date_sub('year', customer_history.birth_date, spine.as_of_date) as age_years,
        -- The first number of a declared band; of "under 18" nothing is its lower bound. Years of birth are no ages.
        case
            when regexp_matches(lower(customer_history.declared_age_band), '^\s*(?:under|below|up to|unter|bis|<)')
                then 0
            else try_cast(nullif(regexp_extract(customer_history.declared_age_band, '[0-9]+'), '') as integer)
        end as declared_from_years,
        spine.as_of_date
    from spine
    asof left join customer_history
        on spine.customer_id = customer_history.customer_id and spine.as_of_date >= customer_history.valid_from

),

demographics as (

    select
        known.customer_id,
        known.account_type,
        case
            when known.age_years is null then known.declared_age_band
            when known.age_years < 18 then 'under 18'
            when known.age_years < 25 then '18-24'
            when known.age_years < 35 then '25-34'
            when known.age_years < 45 then '35-44'
            when known.age_years < 55 then '45-54'
            when known.age_years < 65 then '55-64'
            else '65+'
        end as age_band,
        known.gender,
        known.income_band,
        known.education,
        known.occupation,
        coalesce(marital_statuses.marital_status, known.marital_status_key) as marital_status,
        known.acquisition_channel,
        known.loyalty_tier,
        cast(known.age_years as integer) as age_years,
        cast(
            coalesce(known.age_years, case when known.declared_from_years <= 120 then known.declared_from_years end)
            as integer
        ) as age_from_years,
        cast(known.household_size as integer) as household_size,
        cast(known.children_count as integer) as children_count,
        known.as_of_date
    from known
    left join marital_statuses on known.marital_status_key = marital_statuses.written

)

select * from demographics
