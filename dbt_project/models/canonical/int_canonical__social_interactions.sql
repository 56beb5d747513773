-- One row per social interaction of all connected sources, dated in the company's time zone. Where an interaction does
-- not name its customer, the list of handles may.
{{ config(materialized='view') }}

with social_interactions as (

    {{ union_staging('social_interactions', [
        {'name': 'interaction_id', 'type': 'varchar'},
        {'name': 'platform', 'type': 'varchar'},
        {'name': 'author_handle', 'type': 'varchar'},
        {'name': 'customer_ref', 'type': 'varchar'},
        {'name': 'email', 'type': 'varchar'},
        {'name': 'kind', 'type': 'varchar'},
        {'name': 'interaction_text', 'type': 'varchar'},
        {'name': 'topic', 'type': 'varchar'},
        {'name': 'sentiment', 'type': 'double'},
        {'name': 'followers_count', 'type': 'bigint'},
        {'name': 'occurred_at', 'type': 'timestamptz'},
    ]) }}

),

social_handles as (

    select * from {{ ref('int_canonical__social_handles') }}

),

dated as (

    select
        social_interactions.source_name,
        social_interactions.interaction_id,
        social_interactions.platform,
        social_interactions.author_handle,
        coalesce(social_interactions.customer_ref, social_handles.customer_ref) as customer_ref,
        {{ normalized_email('coalesce(social_interactions.email, social_handles.email)') }} as email,
        social_interactions.kind,
        social_interactions.interaction_text,
        social_interactions.topic,
        social_interactions.sentiment,
        social_interactions.followers_count,
        cast(social_interactions.occurred_at as date) as occurred_date,
        social_interactions.occurred_at
    from social_interactions
    left join social_handles
        on
            social_interactions.platform = social_handles.platform
            and social_interactions.author_handle = social_handles.author_handle

)

select * from dated
