-- Whoever is named by a record is exactly one customer. Only an account that nothing else is known of is nobody's.
with sightings as (

    select * from {{ ref('int_identity__sightings') }}

),

customer_map as (

    select * from {{ ref('int_identity__customer_map') }}

),

owned as (

    select
        coalesce(sightings.profile_id, customer_map.profile_id) as profile_id,
        count(sightings.profile_id) as sightings_count,
        count(customer_map.customer_id) as customers_count,
        bool_and(
            sightings.handle is not null
            and coalesce(sightings.customer_ref, sightings.email, sightings.phone, sightings.loyalty_number) is null
        ) as is_account
    from sightings
    full join customer_map on sightings.profile_id = customer_map.profile_id
    group by 1

),

wrong as (

    select
        profile_id,
        sightings_count,
        customers_count
    from owned
    where
        sightings_count <> 1
        or customers_count > 1
        or (customers_count = 0 and not is_account)

)

select * from wrong
