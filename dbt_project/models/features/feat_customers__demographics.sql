-- One row per customer and as_of_date: who the customer is, without anything that names a person. Age is worked out
-- on the as-of date where a birth date is known, else the band that the source declares. Everything is as it was known
-- on the as-of date.
{{ config(materialized='as_of_history') }}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }}

),

customer_history as (

    select * from {{ ref('int_identity__customer_history') }}

),

ages as (

    select
        spine.customer_id,
        coalesce(customer_history.account_type, 'consumer') as account_type,
        customer_history.declared_age_band,
        customer_history.gender,
        customer_history.income_band,
        customer_history.marital_status,
        customer_history.country,
        customer_history.region,
        customer_history.household_size,
        customer_history.children_count,
        date_sub('year', customer_history.birth_date, spine.as_of_date) as age_years,
        spine.as_of_date
    from spine
    asof left join customer_history
        on spine.customer_id = customer_history.customer_id and spine.as_of_date >= customer_history.valid_from

),

demographics as (

    select
        customer_id,
        account_type,
        case
            when age_years is null then declared_age_band
            when age_years < 18 then 'under 18'
            when age_years < 25 then '18-24'
            when age_years < 35 then '25-34'
            when age_years < 45 then '35-44'
            when age_years < 55 then '45-54'
            when age_years < 65 then '55-64'
            else '65+'
        end as age_band,
        gender,
        income_band,
        marital_status,
        country,
        region,
        household_size,
        children_count,
        as_of_date
    from ages

)

select * from demographics
