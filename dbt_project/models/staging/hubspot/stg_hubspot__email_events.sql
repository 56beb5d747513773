-- One row per event of a marketing e-mail that says something about the recipient: sent, opened, clicked or
-- unsubscribed. Steps of the delivery are out; a status change counts only when it ends the subscription.
{{ config(enabled=source_is_on('hubspot', 'email_events')) }}

with email_events as (

    {{ latest_rows(source('hubspot', 'email_events'), ['id', 'created']) }}

),

with_kind as (

    select
        *,
        case
            when event_type = 'SENT' then 'email_sent'
            when event_type = 'OPEN' then 'email_open'
            when event_type = 'CLICK' then 'email_click'
            when event_type = 'STATUSCHANGE' and subscription_status = 'UNSUBSCRIBED' then 'unsubscribe'
        end as kind
    from email_events

),

renamed as (

    select
        concat_ws('-', id, created) as interaction_id,
        recipient as email,
        'email' as channel,
        kind,
        subject,
        is_filtered as is_machine_generated,
        make_timestamptz(created * 1000) as occurred_at
    from with_kind
    where kind is not null

)

select * from renamed
