-- One row per customer and as_of_date: what the customer does on social platforms, about what and before how many. The
-- mean sentiment of few posts is drawn towards that of all customers, as it was known on the date.
{{ config(materialized='as_of_history') }}
{% set kinds = ['mention', 'comment', 'share', 'like', 'direct_message', 'click', 'follow'] %}
{% set bands = ['below nano', 'nano', 'micro', 'macro', 'mega'] %}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

social_days as (

    select * from {{ ref('int_social__customer_days') }}

),

activity_to_date as (

    select
        social_days.customer_id,
        {% for days in [90, 365] -%}
        sum(social_days.interaction_count) filter (
            where social_days.activity_date > as_of_dates.as_of_date - {{ days }}
        ) as social_interaction_{{ days }}d_count,
        {% for kind in kinds -%}
        sum(social_days.{{ kind }}_count) filter (
            where social_days.activity_date > as_of_dates.as_of_date - {{ days }}
        ) as {{ kind }}_{{ days }}d_count,
        {% endfor -%}
        {% endfor -%}
        count(distinct social_days.platform) filter (
            where social_days.activity_date > as_of_dates.as_of_date - 365
        ) as platform_365d_count,
        count(distinct social_days.topic) filter (
            where social_days.activity_date > as_of_dates.as_of_date - 365
        ) as topic_365d_count,
        sum(social_days.sentiment_count) filter (
            where social_days.activity_date > as_of_dates.as_of_date - 365
        ) as sentiment_count,
        sum(social_days.sentiment_sum) filter (
            where social_days.activity_date > as_of_dates.as_of_date - 365
        ) as sentiment_sum,
        max(social_days.activity_date) as last_activity_date,
        as_of_dates.as_of_date
    from social_days
    inner join as_of_dates on social_days.activity_date <= as_of_dates.as_of_date
    group by social_days.customer_id, as_of_dates.as_of_date

),

{% for thing in ['platform', 'topic'] -%}
{{ thing }}s as (

    select
        social_days.customer_id,
        social_days.{{ thing }},
        as_of_dates.as_of_date
    from social_days
    inner join as_of_dates
        on
            social_days.activity_date <= as_of_dates.as_of_date
            and social_days.activity_date > as_of_dates.as_of_date - 365
    where social_days.{{ thing }} is not null
    group by social_days.customer_id, social_days.{{ thing }}, as_of_dates.as_of_date
    -- The most frequent one; of two equally frequent ones the one used last, then the first by name.
    qualify row_number() over (
        partition by social_days.customer_id, as_of_dates.as_of_date
        order by
            sum(social_days.interaction_count) desc,
            max(social_days.activity_date) desc,
            social_days.{{ thing }} asc
    ) = 1

),

{% endfor -%}
followers_by_platform as (

    select
        social_days.customer_id,
        social_days.platform,
        arg_max(
            social_days.followers_count, row(social_days.followers_told_at, social_days.followers_count)
        ) as followers_count,
        as_of_dates.as_of_date
    from social_days
    inner join as_of_dates on social_days.activity_date <= as_of_dates.as_of_date
    where social_days.followers_count is not null
    group by social_days.customer_id, social_days.platform, as_of_dates.as_of_date

),

-- Followers of two platforms are partly the same people: the larger circle counts.
followers as (

    select
        customer_id,
        max(followers_count) as followers_count,
        as_of_date
    from followers_by_platform
    group by customer_id, as_of_date

),

base as (

    select
        {{ ratio('sum(sentiment_sum)', 'sum(sentiment_count)') }} as sentiment_mean,
        as_of_date
    from activity_to_date
    group by as_of_date

),

social as (

    select
        spine.customer_id,
        platforms.platform as top_platform,
        topics.topic as top_topic,
        case
            {% for band in bands -%}
            {% if not loop.last -%}
            when followers.followers_count < {{ var('social_follower_bands')[loop.index0] }} then '{{ band }}'
            {% else -%}
            when followers.followers_count is not null then '{{ band }}'
            {% endif -%}
            {% endfor -%}
        end as influence_band,
        {% for days in [90, 365] -%}
        {% for kind in ['social_interaction'] + kinds -%}
        cast(coalesce(activity_to_date.{{ kind }}_{{ days }}d_count, 0) as bigint)
            as {{ '' if kind == 'social_interaction' else 'social_' }}{{ kind }}_{{ days }}d_count,
        {% endfor -%}
        {% endfor -%}
        coalesce(activity_to_date.platform_365d_count, 0) as social_platform_365d_count,
        coalesce(activity_to_date.topic_365d_count, 0) as social_topic_365d_count,
        followers.followers_count,
        case
            when activity_to_date.sentiment_count > 0
                then {{ ratio(
                    '(activity_to_date.sentiment_sum + ' ~ var('social_sentiment_prior_posts') ~ ' * base.sentiment_mean)',
                    '(activity_to_date.sentiment_count + ' ~ var('social_sentiment_prior_posts') ~ ')'
                ) }}
        end as social_sentiment_365d_shrunken_mean,
        spine.as_of_date - activity_to_date.last_activity_date as days_since_last_social_interaction,
        spine.as_of_date
    from spine
    left join activity_to_date
        on spine.customer_id = activity_to_date.customer_id and spine.as_of_date = activity_to_date.as_of_date
    left join platforms
        on spine.customer_id = platforms.customer_id and spine.as_of_date = platforms.as_of_date
    left join topics
        on spine.customer_id = topics.customer_id and spine.as_of_date = topics.as_of_date
    left join followers
        on spine.customer_id = followers.customer_id and spine.as_of_date = followers.as_of_date
    left join base on spine.as_of_date = base.as_of_date

)

select * from social
