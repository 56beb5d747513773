-- One row per social interaction, with the customer_id in place of handle and address where it, another one or the list
-- of handles says whose the account is; null for everybody else, who is an audience and not a customer. Texts and
-- handles stay behind.
{{ config(materialized='view') }}

with social_interactions as (

    select * from {{ ref('int_canonical__social_interactions') }}

),

customer_map as (

    select * from {{ ref('int_identity__customer_map') }}

),

with_handles as (

    select
        social_interactions.source_name,
        social_interactions.interaction_id,
        social_interactions.platform,
        social_interactions.kind,
        social_interactions.topic,
        social_interactions.sentiment,
        social_interactions.followers_count,
        social_interactions.customer_ref,
        social_interactions.email,
        social_interactions.platform || ':' || social_interactions.author_handle as handle,
        social_interactions.occurred_date,
        social_interactions.occurred_at
    from social_interactions

),

identified as (

    select
        customers_of_profiles.customer_id,
        with_handles.source_name,
        with_handles.interaction_id,
        with_handles.platform,
        with_handles.kind,
        with_handles.topic,
        with_handles.sentiment,
        with_handles.followers_count,
        with_handles.occurred_date,
        with_handles.occurred_at
    from with_handles
    {{ join_customers(['customer_ref', 'email', 'handle'], 'with_handles') }}

)

select * from identified
