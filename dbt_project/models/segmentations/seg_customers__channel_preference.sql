-- One row per customer and as_of_date: the channel in which the customer prefers to order. Few orders are judged
-- mostly by the company's own mix (the share is shrunken towards it), so that one order in the store is no preference
-- yet.
{{ config(materialized='as_of_history', enabled='channel_preference' in var('schemes')) }}

with channels as (

    select * from {{ ref('feat_customers__channels') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

judged as (

    select
        channels.customer_id,
        channels.preferred_order_channel,
        channels.channel_order_count,
        channels.preferred_order_channel_share,
        case
            when channels.preferred_order_channel is null then 'unknown'
            when channels.preferred_order_channel_share < {{ var('channel_preference_minimum_share') }}
                then 'no_clear_preference'
            when channels.preferred_order_channel = 'web' then 'prefers_web'
            when channels.preferred_order_channel = 'app' then 'prefers_app'
            when channels.preferred_order_channel = 'store' then 'prefers_store'
            when channels.preferred_order_channel = 'phone' then 'prefers_phone'
            when channels.preferred_order_channel = 'sales_rep' then 'prefers_sales_rep'
            when channels.preferred_order_channel = 'marketplace' then 'prefers_marketplace'
            when channels.preferred_order_channel = 'social' then 'prefers_social'
            -- Other channels are many different ones.
            else 'no_clear_preference'
        end as segment_code,
        as_of_dates.is_tonight,
        channels.as_of_date
    from channels
    inner join as_of_dates on channels.as_of_date = as_of_dates.as_of_date

),

segmented as (

    select
        customer_id,
        'channel_preference' as scheme,
        segment_code,
        segment_code as segment_code_on_previous_boundaries,
        cast(null as double) as score,
        cast(null as double) as confidence,
        case
            when not is_tonight then null
            when segment_code = 'unknown' then [{{ reason('preferred_order_channel', 'null', '0') }}]
            else [
                {{ reason('preferred_order_channel', 'preferred_order_channel', '0') }},
                {{ reason(
                    'preferred_order_channel_share',
                    'round(preferred_order_channel_share, 2)',
                    'preferred_order_channel_share - ' ~ var('channel_preference_minimum_share')
                ) }},
                {{ reason('channel_order_count', 'channel_order_count', '0') }}
            ]
        end as reasons,
        as_of_date
    from judged

)

select * from segmented
