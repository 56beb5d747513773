-- One row per social interaction, with the customer_id in place of handle and address where the interaction itself, or
-- the list of handles, says whose they are; null for everybody else, who is an audience and not a customer. Texts and
-- handles stay behind.
{{ config(materialized='view') }}

with social_interactions as (

    select * from {{ ref('int_canonical__social_interactions') }}

),

social_handles as (

    select * from {{ ref('int_canonical__social_handles') }}

),

customer_keys as (

    select * from {{ ref('int_identity__customer_keys') }}

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
        coalesce(social_interactions.customer_ref, social_handles.customer_ref) as customer_ref,
        coalesce(social_interactions.email, social_handles.email) as email,
        social_interactions.occurred_date,
        social_interactions.occurred_at
    from social_interactions
    left join social_handles
        on
            social_interactions.platform = social_handles.platform
            and social_interactions.author_handle = social_handles.author_handle

),

identified as (

    select
        {{ identified_customer() }} as customer_id,
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
    {{ join_customer_keys('with_handles') }}

)

select * from identified
