-- One row per interaction of any export in the generic shape; one without a kind is a mention.
{{ config(enabled=source_is_on('social', 'interactions')) }}

with interactions as (

    {{ latest_rows(source('social', 'interactions'), ['interaction_id']) }}

),

renamed as (

    select
        interaction_id,
        {{ social_platform('platform') }} as platform,
        {{ social_handle('author_handle') }} as author_handle,
        customer_ref,
        email,
        coalesce(kind, 'mention') as kind,
        text as interaction_text,
        topic,
        sentiment,
        followers_count,
        occurred_at
    from interactions

)

select * from renamed
