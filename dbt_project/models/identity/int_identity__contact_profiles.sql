-- One row per record of contact details: its profile.
{{ config(materialized='view', enabled=var('identity_matching')) }}

with contact_details as (

    select * from {{ ref('int_canonical__contact_details') }}

),

profiles as (

    select
        contact_ref,
        {{ profile_id(contact_columns()) }} as profile_id
    from contact_details

)

select * from profiles
