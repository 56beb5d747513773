-- One row per customer: how the golden record says they can be reached now, with the number in E.164 and the country as
-- a code. It is read where an audience leaves the house, and nowhere else.
{{ config(materialized='view') }}

with customer_history as (

    select * from {{ ref('int_identity__customer_history') }}
    where valid_to is null

),

countries as (

    select * from {{ ref('countries') }}

),

country_names as (

    select * from {{ ref('country_names') }}

),

cards as (

    select
        customer_history.customer_id,
        customer_history.email,
        {{ e164('customer_history.phone', 'countries') }} as phone_number,
        customer_history.first_name,
        customer_history.last_name,
        customer_history.postal_code,
        country_names.country_code
    from customer_history
    left join country_names on {{ country_key('customer_history.country') }} = country_names.name
    left join countries
        on
            coalesce(country_names.country_code, '{{ var("default_country") }}')
            = countries.country_code

)

select * from cards
