-- One row per customer and as_of_date: who the customer is, without anything that names a person. Age is worked out
-- on the as-of date where a birth date is known, else the band that the source declares.
with spine as (

    select * from {{ ref('int_customers__as_of') }}

),

customers as (

    select * from {{ ref('int_identity__customers') }}

),

ages as (

    select
        spine.customer_id,
        customers.account_type,
        customers.declared_age_band,
        customers.gender,
        customers.income_band,
        customers.marital_status,
        customers.country,
        customers.region,
        customers.household_size,
        customers.children_count,
        date_sub('year', customers.birth_date, spine.as_of_date) as age_years,
        spine.as_of_date
    from spine
    inner join customers on spine.customer_id = customers.customer_id

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
