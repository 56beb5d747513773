-- One row per interaction, with the customer_id in place of the source's keys; null where it names nobody. Subjects
-- stay behind: people write names into them.
{{ config(materialized='view') }}

with interactions as (

    select * from {{ ref('int_canonical__interactions') }}

),

customer_map as (

    select * from {{ ref('int_identity__customer_map') }}

),

identified as (

    select
        customers_of_profiles.customer_id,
        interactions.source_name,
        interactions.interaction_id,
        interactions.channel,
        interactions.kind,
        interactions.is_machine_generated,
        interactions.occurred_date,
        interactions.occurred_at
    from interactions
    {{ join_customers(['customer_ref', 'email', 'phone'], 'interactions') }}

)

select * from identified
