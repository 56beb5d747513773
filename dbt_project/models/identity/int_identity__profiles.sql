-- One row per profile, in the spelling that matching compares: one mailbox, one number, one name, one street, one
-- country for all the ways to write them.
{{ config(enabled=var('identity_matching')) }}

with sightings as (

    select * from {{ ref('int_identity__sightings') }}

),

customers as (

    select * from {{ ref('int_canonical__customers') }}

),

countries as (

    select * from {{ ref('countries') }}

),

country_names as (

    select * from {{ ref('country_names') }}

),

sources_of_refs as (

    select
        customer_ref,
        min(source_name) as ref_source_name
    from customers
    group by customer_ref

),

in_countries as (

    select
        sightings.*,
        country_names.country_code
    from sightings
    left join country_names on {{ country_key('sightings.country') }} = country_names.name

),

normalized as (

    select
        in_countries.profile_id,
        in_countries.customer_ref,
        sources_of_refs.ref_source_name,
        {{ mailbox_key('in_countries.email') }} as email,
        {{ e164('in_countries.phone', 'countries') }} as phone,
        nullif(upper(trim(in_countries.loyalty_number)), '') as loyalty_number,
        in_countries.handle,
        {{ folded('in_countries.first_name') }} as first_name,
        {{ folded('in_countries.last_name') }} as last_name,
        {{ street_key('in_countries.street') }} as street,
        {{ house_number('in_countries.street') }} as house_number,
        {{ postal_key('in_countries.postal_code') }} as postal_code,
        {{ folded('in_countries.city') }} as city,
        in_countries.country_code,
        in_countries.birth_date,
        in_countries.records_count,
        in_countries.first_seen_at,
        in_countries.last_seen_at
    from in_countries
    left join sources_of_refs on in_countries.customer_ref = sources_of_refs.customer_ref
    left join countries
        on
            coalesce(in_countries.country_code, '{{ var("default_country") }}')
            = countries.country_code

)

select * from normalized
