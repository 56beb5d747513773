-- One row per customer, day, platform and topic with a social interaction. Followers are those of the day's last
-- interaction that tells them; where two of one moment differ the larger number counts.
with social_interactions as (

    select * from {{ ref('int_identity__social_interactions') }}

),

customer_days as (

    select
        customer_id,
        platform,
        topic,
        count(*) as interaction_count,
        {% for kind in ['mention', 'comment', 'share', 'like', 'direct_message', 'click', 'follow'] -%}
        count(*) filter (where kind = '{{ kind }}') as {{ kind }}_count,
        {% endfor -%}
        count(sentiment) as sentiment_count,
        -- A decimal, so that sums do not depend on the order of rows.
        coalesce(sum(cast(sentiment as decimal(9, 6))), 0) as sentiment_sum,
        arg_max(followers_count, row(occurred_at, followers_count)) filter (
            where followers_count is not null
        ) as followers_count,
        occurred_date as activity_date,
        max(occurred_at) filter (where followers_count is not null) as followers_told_at
    from social_interactions
    where customer_id is not null
    group by customer_id, platform, topic, occurred_date

)

select * from customer_days
