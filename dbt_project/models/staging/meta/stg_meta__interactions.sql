-- One row per comment, reaction or message that somebody else wrote on the brand's pages and accounts. Facebook shows
-- no handles: its author_handle is the author's id for the page. It is null where the permission to read it is missing.
{{ config(enabled=source_is_on('meta', 'interactions')) }}

with interactions as (

    {{ latest_rows(source('meta', 'interactions'), ['id']) }}

),

renamed as (

    select
        id as interaction_id,
        coalesce(
            platform,
            case
                when coalesce(username, from_username) is not null or instagram_timestamp is not null then 'instagram'
                else 'facebook'
            end
        ) as platform,
        {{ social_handle('coalesce(username, from_username, from_id)') }} as author_handle,
        case
            when recipients is not null then 'direct_message'
            when reaction_type is not null then 'like'
            else 'comment'
        end as kind,
        coalesce(message, instagram_text) as interaction_text,
        coalesce(created_time, instagram_timestamp) as occurred_at,
        coalesce(from_id = page_id, false) or own_user is not null as is_own
    from interactions

),

from_others as (

    select
        interaction_id,
        platform,
        author_handle,
        kind,
        interaction_text,
        occurred_at
    from renamed
    -- What has no time cannot be placed on a day; that is a reaction whose extraction added none.
    where not is_own and occurred_at is not null

)

select * from from_others
