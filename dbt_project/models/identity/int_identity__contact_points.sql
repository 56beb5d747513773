-- One row per profile of a customer, as far as it says how the customer can be reached: the mailbox, the number and the
-- reference, in the spelling in which a list of suppressions is looked up. It stays in identity.
{{ config(materialized='view') }}

with customer_map as (

    select * from {{ ref('int_identity__customer_map') }}

),

{% if var('identity_matching') -%}
profiles as (

    select
        profile_id,
        customer_ref,
        email as mailbox,
        phone as phone_number
    from {{ ref('int_identity__profiles') }}

),
{%- else -%}
sightings as (

    select * from {{ ref('int_identity__sightings') }}

),

attribute_versions as (

    select * from {{ ref('int_identity__attribute_versions') }}

),

countries as (

    select * from {{ ref('countries') }}
    where country_code = '{{ var("default_country") }}'

),

-- Where nothing is matched a profile is a reference alone, and what was said of it stands in its versions.
profiles as (

    select distinct
        sightings.profile_id,
        sightings.customer_ref,
        {{ mailbox_key('attribute_versions.email') }} as mailbox,
        {{ e164('attribute_versions.phone', 'countries') }} as phone_number
    from sightings
    left join attribute_versions on sightings.customer_ref = attribute_versions.record_id
    left join countries on true

),
{%- endif %}

contact_points as (

    select
        customer_map.customer_id,
        profiles.customer_ref,
        profiles.mailbox,
        profiles.phone_number
    from profiles
    inner join customer_map on profiles.profile_id = customer_map.profile_id

)

select * from contact_points
