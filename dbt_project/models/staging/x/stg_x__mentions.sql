-- One row per post on X that mentions the brand. An answer is a comment; a post passed on, with or without own words,
-- is a share. X judges no sentiment. The author is null where the post came without the expansion.
{{ config(enabled=source_is_on('x', 'mentions')) }}

with mentions as (

    {{ latest_rows(source('x', 'mentions'), ['id']) }}

),

with_references as (

    select
        *,
        json_extract_string(referenced_tweets, '$[*].type') as references_made
    from mentions

),

renamed as (

    select
        id as interaction_id,
        'x' as platform,
        {{ social_handle('author_username') }} as author_handle,
        case
            when list_contains(references_made, 'replied_to') then 'comment'
            when len(references_made) > 0 then 'share'
            else 'mention'
        end as kind,
        text as interaction_text,
        json_extract_string(context_annotations, '$[0].entity.name') as topic,
        followers_count,
        created_at as occurred_at
    from with_references

)

select * from renamed
