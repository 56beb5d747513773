-- One row per customer and as_of_date: the engagement segment, by the last click, order, sign of any kind and contact.
-- Boundaries are fixed, so none of them ever moves.
{{ config(materialized='as_of_history', enabled='engagement' in var('schemes')) }}
{% set disengaged_days = var('engagement_disengaged_days') %}

with engagement as (

    select * from {{ ref('feat_customers__engagement') }}
    where {{ computed_now() }}

),

purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

assigned as (

    select
        engagement.customer_id,
        case
            when
                engagement.days_since_last_click <= {{ var('engagement_high_click_days') }}
                or purchases.days_since_last_order <= {{ var('engagement_high_purchase_days') }}
                then 'high'
            when engagement.days_since_last_click <= {{ var('engagement_moderate_click_days') }} then 'moderate'
            -- Nothing recorded of anybody: whoever did not buy lately may have been contacted or not.
            when engagement.is_contacted_180d is null then 'unknown'
            when
                engagement.days_since_last_response <= {{ disengaged_days }}
                or purchases.days_since_last_order <= {{ disengaged_days }}
                then 'low'
            when engagement.days_since_last_contact <= {{ disengaged_days }} then 'disengaged'
            else 'not_contacted'
        end as segment_code,
        engagement.engagement_score,
        engagement.days_since_last_click,
        engagement.days_since_last_response,
        engagement.days_since_last_contact,
        purchases.days_since_last_order,
        as_of_dates.is_tonight,
        engagement.as_of_date
    from engagement
    inner join purchases
        on engagement.customer_id = purchases.customer_id and engagement.as_of_date = purchases.as_of_date
    inner join as_of_dates on engagement.as_of_date = as_of_dates.as_of_date

),

segmented as (

    select
        customer_id,
        'engagement' as scheme,
        segment_code,
        segment_code as segment_code_on_previous_boundaries,
        case when segment_code <> 'unknown' then engagement_score / 100 end as score,
        cast(null as double) as confidence,
        case
            when not is_tonight then null
            when segment_code = 'unknown' then [{{ reason('is_contacted_180d', 'null', '0') }}]
            when segment_code = 'disengaged' then [
                {{ reason('days_since_last_response', 'days_since_last_response', '-1') }},
                {{ reason('days_since_last_order', 'days_since_last_order', '-1') }},
                {{ reason('days_since_last_contact', 'days_since_last_contact', '0') }}
            ]
            when segment_code = 'not_contacted' then [
                {{ reason('days_since_last_contact', 'days_since_last_contact', '0') }},
                {{ reason('days_since_last_response', 'days_since_last_response', '0') }},
                {{ reason('days_since_last_order', 'days_since_last_order', '0') }}
            ]
            else [
                {{ reason(
                    'days_since_last_click',
                    'days_since_last_click',
                    'coalesce(greatest(1 - days_since_last_click / nullif(cast(' ~ var('engagement_moderate_click_days') ~ ' as double), 0), -1), -1)'
                ) }},
                {{ reason(
                    'days_since_last_order',
                    'days_since_last_order',
                    'coalesce(greatest(1 - days_since_last_order / nullif(cast(' ~ var('engagement_high_purchase_days') ~ ' as double), 0), -1), -1)'
                ) }},
                {{ reason(
                    'days_since_last_response',
                    'days_since_last_response',
                    'coalesce(greatest(1 - days_since_last_response / nullif(cast(' ~ disengaged_days ~ ' as double), 0), -1), -1)'
                ) }}
            ]
        end as reasons,
        as_of_date
    from assigned

)

select * from segmented
