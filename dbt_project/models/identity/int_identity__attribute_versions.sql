-- One row per version of what a record says of a customer, with the days on which it was the record's newest word.
-- Records are those of customers; a profile from an order or another event is a record with one version. What a
-- record says first is taken to have been so before, since sources rarely tell since when.
{{ config(materialized='table') }}
{% set given = [
    'email', 'phone', 'first_name', 'last_name', 'street', 'postal_code', 'city', 'country', 'birth_date',
] %}

with customers as (

    select * from {{ ref('int_canonical__customers') }}

),

sightings as (

    select * from {{ ref('int_identity__sightings') }}

),

customer_map as (

    select * from {{ ref('int_identity__customer_map') }}

),

country_names as (

    select * from {{ ref('country_names') }}

),

customers_of_refs as (

    select
        sightings.customer_ref,
        min(customer_map.customer_id) as customer_id
    from sightings
    inner join customer_map on sightings.profile_id = customer_map.profile_id
    where sightings.customer_ref is not null
    group by sightings.customer_ref

),

record_versions as (

    select
        customers_of_refs.customer_id,
        customers.customer_ref as record_id,
        customers.source_name,
        'record' as record_kind,
        {% for column in attributes() + consents() -%}
        customers.{{ column }},
        {% endfor -%}
        customers.valid_from as said_at
    from customers
    inner join customers_of_refs on customers.customer_ref = customers_of_refs.customer_ref

),

sighted as (

    select
        customer_map.customer_id,
        sightings.profile_id as record_id,
        cast(null as varchar) as source_name,
        'sighting' as record_kind,
        {% for column in given -%}
        sightings.{{ column }},
        {% endfor -%}
        sightings.first_seen_at as said_at
    from sightings
    inner join customer_map on sightings.profile_id = customer_map.profile_id
    where
        {{ var('identity_matching') | lower }}
        and coalesce(
            {% for column in given -%}
            cast(sightings.{{ column }} as varchar){{ ',' if not loop.last }}
            {% endfor %}
        ) is not null

),

profiles_of_records as (

    select distinct {{ profile_id(contact_columns()) }} as profile_id
    from customers

),

versions as (

    select * from record_versions
    union all by name
    -- Profiles of customer records are those records.
    select sighted.*
    from sighted
    anti join profiles_of_records on sighted.record_id = profiles_of_records.profile_id

),

dated as (

    select
        versions.customer_id,
        versions.record_id,
        versions.source_name,
        versions.record_kind,
        {% for column in attributes() + consents() if column != 'country' -%}
        versions.{{ column }},
        {% endfor -%}
        coalesce(country_names.country_code, versions.country) as country,
        {{ source_rank('versions.source_name', 'versions.record_kind') }} as source_rank,
        {% for column in attributes() -%}
        cast(versions.{{ column }} is not null as integer){{ ' + ' if not loop.last }}
        {% endfor %} as filled_count,
        cast(versions.said_at as date) as said_date,
        case when row_number() over words > 1 then cast(versions.said_at as date) end as valid_from,
        cast(lead(versions.said_at) over words as date) as valid_to
    from versions
    left join country_names on {{ country_key('versions.country') }} = country_names.name
    window words as (
        partition by versions.source_name, versions.record_id
        order by versions.said_at asc nulls first
    )

)

select * from dated
-- Of two versions on one day the later one is all that the day knows.
where valid_to is null or valid_to is distinct from coalesce(valid_from, said_date)
