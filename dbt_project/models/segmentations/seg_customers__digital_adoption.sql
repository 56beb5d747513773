-- One row per customer and as_of_date: how early the customer takes up new channels, after Rogers, where the company
-- has launched enough of them to tell; else how much of their ordering is digital. Who has taken up none yet may
-- still do so, and is no laggard: a laggard did it, after almost everybody else.
{{ config(materialized='as_of_history', enabled='digital_adoption' in var('schemes')) }}

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
        channels.channel_order_count,
        channels.digital_order_365d_share,
        channels.channel_launch_count,
        channels.adopted_channel_launch_count,
        channels.adoption_position_share,
        channels.channel_launch_count >= {{ var('digital_adoption_minimum_launches') }} as is_judged_by_launches,
        as_of_dates.is_tonight,
        channels.as_of_date
    from channels
    inner join as_of_dates on channels.as_of_date = as_of_dates.as_of_date

),

with_segments as (

    select
        *,
        case
            when channel_order_count = 0 then 'unknown'
            when is_judged_by_launches and adopted_channel_launch_count = 0 then 'not_yet_adopted'
            when is_judged_by_launches
                then case
                    when adoption_position_share <= {{ var('digital_adoption_innovator_share') }} then 'innovator'
                    when adoption_position_share <= {{ var('digital_adoption_early_adopter_share') }}
                        then 'early_adopter'
                    when adoption_position_share <= {{ var('digital_adoption_early_majority_share') }}
                        then 'early_majority'
                    when adoption_position_share <= {{ var('digital_adoption_late_majority_share') }}
                        then 'late_majority'
                    else 'laggard'
                end
            when digital_order_365d_share is null then 'unknown'
            when digital_order_365d_share >= {{ var('digital_adoption_digital_first_share') }} then 'digital_first'
            when digital_order_365d_share <= {{ var('digital_adoption_store_first_share') }} then 'store_first'
            else 'omnichannel'
        end as segment_code
    from judged

),

segmented as (

    select
        customer_id,
        'digital_adoption' as scheme,
        segment_code,
        segment_code as segment_code_on_previous_boundaries,
        case
            when segment_code in ('unknown', 'not_yet_adopted') then null
            when is_judged_by_launches then 1 - adoption_position_share
            else digital_order_365d_share
        end as score,
        cast(null as double) as confidence,
        case
            when not is_tonight then null
            when segment_code = 'unknown'
                then [
                    {{ reason('digital_order_365d_share', 'null', '0') }},
                    {{ reason('channel_order_count', 'channel_order_count', '0') }}
                ]
            when segment_code = 'not_yet_adopted'
                then [
                    {{ reason('adopted_channel_launch_count', 'adopted_channel_launch_count', '0') }},
                    {{ reason('channel_launch_count', 'channel_launch_count', '0') }}
                ]
            when is_judged_by_launches
                then [
                    {{ reason(
                        'adoption_position_share', 'round(adoption_position_share, 3)', '1 - 2 * adoption_position_share'
                    ) }},
                    {{ reason('adopted_channel_launch_count', 'adopted_channel_launch_count', '0') }},
                    {{ reason('channel_launch_count', 'channel_launch_count', '0') }}
                ]
            else [
                {{ reason(
                    'digital_order_365d_share', 'round(digital_order_365d_share, 2)', '2 * digital_order_365d_share - 1'
                ) }},
                {{ reason('channel_launch_count', 'channel_launch_count', '0') }}
            ]
        end as reasons,
        as_of_date
    from with_segments

)

select * from segmented
