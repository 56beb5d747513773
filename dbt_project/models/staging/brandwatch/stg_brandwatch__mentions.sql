-- One row per mention of a Brandwatch export. The same post found by several queries is one mention, under the query
-- that put it into a category if one did. What the owner of a followed page writes is no interaction of a customer.
{{ config(enabled=source_is_on('brandwatch', 'mentions')) }}

with mentions as (

    {{ latest_rows(source('brandwatch', 'mentions'), ['query_id', 'resource_id']) }}

),

once as (

    select * from mentions
    qualify row_number() over (
        partition by resource_id
        order by _batch_sequence desc, category_details asc nulls last, query_id asc
    ) = 1

),

from_others as (

    select * from once
    where lower(coalesce(facebook_role, x_channel_role, twitter_channel_role, '')) <> 'owner'

),

renamed as (

    select
        resource_id as interaction_id,
        {{ social_platform('coalesce(page_type, domain)') }} as platform,
        {{ social_handle('author') }} as author_handle,
        case
            when lower(engagement_type) in ('retweet', 'quote', 'share', 'repost') then 'share'
            when lower(engagement_type) in ('comment', 'reply') then 'comment'
            when lower(thread_entry_type) in ('share', 'retweet', 'quote') then 'share'
            when lower(thread_entry_type) in ('comment', 'reply') then 'comment'
            else 'mention'
        end as kind,
        coalesce(full_text, snippet, title) as interaction_text,
        coalesce(category_details, query_name) as topic,
        cast(
            case sentiment when 'positive' then 1 when 'neutral' then 0 when 'negative' then -1 end as double
        ) as sentiment,
        coalesce(x_followers, twitter_followers, instagram_followers) as followers_count,
        mentioned_at as occurred_at
    from from_others

)

select * from renamed
