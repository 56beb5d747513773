-- One row per customer and as_of_date: how the customer responds to the company. The score adds up what the customer
-- did, each at its weight and halved with every half-life, and is 100 x points / (points + points of half the score):
-- it needs no other customer to compare with, so it moves only with what the customer does.
{{ config(materialized='as_of_history') }}
{% set counted = {
    'email_sent': [90, 365],
    'email_open': [30, 90, 180, 365],
    'email_click': [90, 365],
    'email_reply': [90, 365],
    'click': [30, 90, 180],
    'reply': [30, 90, 180],
    'visit': [30, 90, 180],
} %}
{% set half_life_days = var('engagement_half_life_days') %}
{% set channel_half_life_days = var('engagement_channel_half_life_days') %}
{% set prior_responses = var('engagement_channel_prior_responses') %}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

customer_days as (

    select * from {{ ref('int_interactions__customer_days') }}

),

customer_channel_days as (

    select * from {{ ref('int_interactions__customer_channel_days') }}

),

order_days as (

    select * from {{ ref('int_purchases__customer_days') }}
    where is_order_day

),

interactions_to_date as (

    select
        customer_days.customer_id,
        {% for kind, windows in counted.items() -%}
        {% for days in windows -%}
        sum(customer_days.{{ kind }}_count) filter (
            where customer_days.activity_date > as_of_dates.as_of_date - {{ days }}
        ) as {{ kind }}_{{ days }}d_count,
        {% endfor -%}
        {% endfor -%}
        {% for days in [30, 90, 180] -%}
        count(*) filter (
            where customer_days.is_contacted and customer_days.activity_date > as_of_dates.as_of_date - {{ days }}
        ) as contact_days_{{ days }}d_count,
        {% endfor -%}
        -- Rounded to a decimal before it is added up, so that the sum does not depend on the order of rows.
        sum(
            cast(
                (
                    {{ var('engagement_reply_weight') }}
                    * (customer_days.reply_count + customer_days.call_count + customer_days.meeting_count)
                    + {{ var('engagement_click_weight') }} * customer_days.click_count
                    + {{ var('engagement_visit_weight') }} * customer_days.visit_count
                    + {{ var('engagement_open_weight') }} * customer_days.email_open_count
                )
                * pow(0.5, (as_of_dates.as_of_date - customer_days.activity_date) / {{ half_life_days }}.0)
                as decimal(18, 12)
            )
        ) filter (where customer_days.activity_date > as_of_dates.as_of_date - {{ var('engagement_window_days') }})
            as response_points,
        max(customer_days.activity_date) filter (where customer_days.email_open_count > 0) as last_open_date,
        max(customer_days.activity_date) filter (where customer_days.click_count > 0) as last_click_date,
        max(customer_days.activity_date) filter (where customer_days.reply_count > 0) as last_reply_date,
        max(customer_days.activity_date) filter (where customer_days.visit_count > 0) as last_visit_date,
        max(customer_days.activity_date) filter (where customer_days.is_responding) as last_response_date,
        max(customer_days.activity_date) filter (where customer_days.is_contacted) as last_contact_date,
        max(customer_days.activity_date) filter (where customer_days.unsubscribe_count > 0) as last_unsubscribe_date,
        as_of_dates.as_of_date
    from customer_days
    inner join as_of_dates on customer_days.activity_date <= as_of_dates.as_of_date
    group by customer_days.customer_id, as_of_dates.as_of_date

),

purchases_to_date as (

    select
        order_days.customer_id,
        sum(
            cast(
                {{ var('engagement_purchase_weight') }} * order_days.order_count
                * pow(0.5, (as_of_dates.as_of_date - order_days.activity_date) / {{ half_life_days }}.0)
                as decimal(18, 12)
            )
        ) as purchase_points,
        as_of_dates.as_of_date
    from order_days
    inner join as_of_dates
        on
            order_days.activity_date <= as_of_dates.as_of_date
            and order_days.activity_date > as_of_dates.as_of_date - {{ var('engagement_window_days') }}
    group by order_days.customer_id, as_of_dates.as_of_date

),

-- On a date by which no contact with anybody had been recorded, nobody can be said not to have been contacted.
contacts_recorded as (

    select as_of_date
    from interactions_to_date
    group by as_of_date
    having count(last_contact_date) > 0

),

channel_points as (

    select
        customer_channel_days.customer_id,
        customer_channel_days.channel,
        sum(
            cast(
                (
                    customer_channel_days.click_count
                    + customer_channel_days.reply_count
                    + customer_channel_days.visit_count
                    + customer_channel_days.call_count
                    + customer_channel_days.meeting_count
                )
                * pow(
                    0.5,
                    (as_of_dates.as_of_date - customer_channel_days.activity_date) / {{ channel_half_life_days }}.0
                )
                as decimal(18, 12)
            )
        ) as points,
        as_of_dates.as_of_date
    from customer_channel_days
    inner join as_of_dates
        on
            customer_channel_days.activity_date <= as_of_dates.as_of_date
            and customer_channel_days.activity_date > as_of_dates.as_of_date - 365
    group by customer_channel_days.customer_id, customer_channel_days.channel, as_of_dates.as_of_date
    having points > 0

),

channel_base as (

    select
        channel,
        {{ ratio('sum(points)', 'sum(sum(points)) over (partition by as_of_date)') }} as base_share,
        row_number() over (
            partition by as_of_date
            order by sum(points) desc, channel asc
        ) as base_rank,
        as_of_date
    from channel_points
    group by channel, as_of_date

),

-- A customer's own channels, each with what the base adds to it.
channel_shares as (

    select
        channel_points.customer_id,
        channel_points.channel,
        channel_points.points + {{ prior_responses }} * channel_base.base_share as shrunken_points,
        sum(channel_points.points) over customer + {{ prior_responses }} as all_shrunken_points,
        channel_points.as_of_date
    from channel_points
    inner join channel_base
        on channel_points.channel = channel_base.channel and channel_points.as_of_date = channel_base.as_of_date
    window customer as (partition by channel_points.customer_id, channel_points.as_of_date)

),

own_channels as (

    select *
    from channel_shares
    qualify row_number() over (
        partition by customer_id, as_of_date
        order by shrunken_points desc, channel asc
    ) = 1

),

-- Of the channels the customer never used only the one that most use can be ahead of the customer's own.
preferred_channels as (

    select
        own_channels.customer_id,
        case
            when own_channels.shrunken_points >= {{ prior_responses }} * channel_base.base_share
                then own_channels.channel
            else channel_base.channel
        end as channel,
        {{ ratio(
            'greatest(own_channels.shrunken_points, ' ~ prior_responses ~ ' * channel_base.base_share)',
            'own_channels.all_shrunken_points'
        ) }} as channel_share,
        own_channels.as_of_date
    from own_channels
    inner join channel_base
        on own_channels.as_of_date = channel_base.as_of_date and channel_base.base_rank = 1

),

with_points as (

    select
        interactions_to_date.* exclude (customer_id, as_of_date), -- noqa: RF02
        spine.customer_id,
        preferred_channels.channel,
        coalesce(interactions_to_date.response_points, 0) + coalesce(purchases_to_date.purchase_points, 0) as points,
        preferred_channels.channel_share,
        contacts_recorded.as_of_date is not null as is_recorded,
        spine.as_of_date
    from spine
    left join interactions_to_date
        on
            spine.customer_id = interactions_to_date.customer_id
            and spine.as_of_date = interactions_to_date.as_of_date
    left join purchases_to_date
        on spine.customer_id = purchases_to_date.customer_id and spine.as_of_date = purchases_to_date.as_of_date
    left join preferred_channels
        on spine.customer_id = preferred_channels.customer_id and spine.as_of_date = preferred_channels.as_of_date
    left join contacts_recorded on spine.as_of_date = contacts_recorded.as_of_date

),

engagement as (

    select
        customer_id,
        channel as preferred_contact_channel,
        100 * {{ ratio('points', 'points + ' ~ var('engagement_half_score_points')) }} as engagement_score,
        {% for days in [90, 365] -%}
        cast(coalesce(email_sent_{{ days }}d_count, 0) as bigint) as email_sent_{{ days }}d_count,
        {% endfor -%}
        {% for kind in ['email_open', 'click', 'reply', 'visit'] -%}
        {% for days in [30, 90, 180] -%}
        cast(coalesce({{ kind }}_{{ days }}d_count, 0) as bigint) as {{ kind }}_{{ days }}d_count,
        {% endfor -%}
        {% endfor -%}
        {% for days in [30, 90, 180] -%}
        cast(coalesce(contact_days_{{ days }}d_count, 0) as bigint) as contact_days_{{ days }}d_count,
        {% endfor -%}
        {% for kind in ['email_open', 'email_click', 'email_reply'] -%}
        {% for days in [90, 365] -%}
        {{ ratio(kind ~ '_' ~ days ~ 'd_count', 'email_sent_' ~ days ~ 'd_count') }} as {{ kind }}_{{ days }}d_rate,
        {% endfor -%}
        {% endfor -%}
        channel_share as preferred_contact_channel_share,
        {% for event in ['open', 'click', 'reply', 'visit', 'response', 'contact', 'unsubscribe'] -%}
        as_of_date - last_{{ event }}_date as days_since_last_{{ event }},
        {% endfor -%}
        case
            when is_recorded then coalesce(as_of_date - last_contact_date < 180, false)
        end as is_contacted_180d,
        as_of_date
    from with_points

)

select * from engagement
