-- One row per customer and day on which the company and the customer had to do with each other, over all channels.
-- Engagement and support are both counted from it.
with customer_channel_days as (

    select * from {{ ref('int_interactions__customer_channel_days') }}

),

customer_days as (

    select
        customer_id,
        {% for kind in [
            'email_sent', 'campaign', 'email_open', 'email_click', 'click', 'email_reply', 'reply', 'visit', 'call',
            'meeting', 'ticket_opened', 'ticket_closed', 'unsubscribe',
        ] -%}
        cast(sum({{ kind }}_count) as bigint) as {{ kind }}_count,
        {% endfor -%}
        sum(email_sent_count + campaign_count + call_count + meeting_count) > 0 as is_contacted,
        sum(email_open_count + click_count + reply_count + visit_count + call_count + meeting_count) > 0
            as is_responding,
        activity_date
    from customer_channel_days
    group by customer_id, activity_date

)

select * from customer_days
