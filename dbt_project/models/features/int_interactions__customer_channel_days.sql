-- One row per customer, day and channel: what the company and the customer did towards each other there, one count per
-- kind. What a machine caused (a mail filter that opens everything) is out, and so is what the customer never saw:
-- notes and tasks. A click is a click and a comment or direct message an answer, on a social platform too.
with interactions as (

    select * from {{ ref('int_identity__interactions') }}

),

social_interactions as (

    select * from {{ ref('int_identity__social_interactions') }}

),

campaign_exposures as (

    select * from {{ ref('int_identity__campaign_exposures') }}

),

combined as (

    select
        customer_id,
        -- Where a source names no channel the kind tells it.
        coalesce(
            lower(channel),
            case
                when starts_with(kind, 'email_') then 'email'
                when kind = 'visit' then 'web'
                when kind = 'app_open' then 'app'
                when kind = 'call' then 'phone'
                when kind = 'meeting' then 'meeting'
                else 'other'
            end
        ) as channel,
        kind,
        occurred_date as activity_date
    from interactions
    where not is_machine_generated
    union all
    select
        customer_id,
        'social' as channel,
        kind,
        occurred_date as activity_date
    from social_interactions
    union all
    select
        customer_id,
        coalesce(lower(channel), 'other') as channel,
        'campaign' as kind,
        assigned_date as activity_date
    from campaign_exposures
    where arm is distinct from 'holdout'

),

counted as (

    select
        customer_id,
        channel,
        count(*) filter (where kind = 'email_sent') as email_sent_count,
        count(*) filter (where kind = 'campaign') as campaign_count,
        count(*) filter (where kind = 'email_open') as email_open_count,
        count(*) filter (where kind = 'email_click') as email_click_count,
        count(*) filter (where kind in ('email_click', 'click')) as click_count,
        count(*) filter (where kind = 'email_reply') as email_reply_count,
        count(*) filter (where kind in ('email_reply', 'comment', 'direct_message')) as reply_count,
        count(*) filter (where kind in ('visit', 'app_open')) as visit_count,
        count(*) filter (where kind = 'call') as call_count,
        count(*) filter (where kind = 'meeting') as meeting_count,
        count(*) filter (where kind = 'ticket_opened') as ticket_opened_count,
        count(*) filter (where kind = 'ticket_closed') as ticket_closed_count,
        count(*) filter (where kind = 'unsubscribe') as unsubscribe_count,
        activity_date
    from combined
    where
        customer_id is not null
        and kind in (
            'email_sent', 'campaign', 'email_open', 'email_click', 'click', 'email_reply', 'comment', 'direct_message',
            'visit', 'app_open', 'call', 'meeting', 'ticket_opened', 'ticket_closed', 'unsubscribe'
        )
    group by customer_id, channel, activity_date

)

select * from counted
