-- One row per social interaction of all connected sources, dated in the company's time zone.
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

dated as (

    select
        source_name,
        interaction_id,
        platform,
        author_handle,
        customer_ref,
        {{ normalized_email('email') }} as email,
        kind,
        interaction_text,
        topic,
        sentiment,
        followers_count,
        cast(occurred_at as date) as occurred_date,
        occurred_at
    from social_interactions

)

select * from dated
