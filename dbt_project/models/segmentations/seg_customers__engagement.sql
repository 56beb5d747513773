-- One row per customer and as_of_date: the engagement segment, by the last click, order, sign of any kind and contact.
-- Boundaries are fixed, so none of them ever moves.
{{ config(materialized='as_of_history', enabled='engagement' in var('schemes')) }}
{% set disengaged_days = var('engagement_disengaged_days') %}
{% set limits = {
    'click': var('engagement_moderate_click_days'),
    'order': var('engagement_high_purchase_days'),
    'response': disengaged_days,
} %}

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

-- 1 on the day itself, 0 at the limit, -1 at twice the limit and where it never happened.
with_effects as (

    select
        *,
        {% for event, limit in limits.items() -%}
        coalesce(greatest(1 - {{ ratio('days_since_last_' ~ event, limit) }}, -1), -1) as {{ event }}_effect
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from assigned

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
            when segment_code = 'disengaged'
                then [
                    {{ reason('days_since_last_response', 'days_since_last_response', '-1') }},
                    {{ reason('days_since_last_order', 'days_since_last_order', '-1') }},
                    {{ reason('days_since_last_contact', 'days_since_last_contact', '0') }}
                ]
            when segment_code = 'not_contacted'
                then [
                    {{ reason('days_since_last_contact', 'days_since_last_contact', '0') }},
                    {{ reason('days_since_last_response', 'days_since_last_response', '0') }},
                    {{ reason('days_since_last_order', 'days_since_last_order', '0') }}
                ]
            else [
                {{ reason('days_since_last_click', 'days_since_last_click', 'click_effect') }},
                {{ reason('days_since_last_order', 'days_since_last_order', 'order_effect') }},
                {{ reason('days_since_last_response', 'days_since_last_response', 'response_effect') }}
            ]
        end as reasons,
        as_of_date
    from with_effects

)

select * from segmented
