-- One row per profile: whose it is. Accounts on a platform that nobody has told to be a customer's are an audience, not
-- customers, and are out. Where nothing is matched, a reference is a customer.
with sightings as (

    select * from {{ ref('int_identity__sightings') }}

),

{% if var('identity_matching') -%}
matched as (

    select * from {{ source('matching', 'customer_map') }}

),

mapped as (

    select
        matched.profile_id,
        matched.customer_id,
        bool_or(
            sightings.customer_ref is not null
            or sightings.email is not null
            or sightings.phone is not null
            or sightings.loyalty_number is not null
            or sightings.handle is null
        ) over (partition by matched.customer_id) as is_customer
    from matched
    inner join sightings on matched.profile_id = sightings.profile_id

)

select
    profile_id,
    customer_id
from mapped
where is_customer
{%- else -%}
mapped as (

    select
        profile_id,
        'c_' || left(sha256(customer_ref), 20) as customer_id
    from sightings

)

select * from mapped
{%- endif %}
