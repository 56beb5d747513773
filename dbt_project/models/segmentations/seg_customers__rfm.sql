-- One row per customer and as_of_date: the RFM segment. Recency and money in quintiles with frozen cut-points,
-- frequency in fixed bands; the segment is read from the map of recency and frequency (seed rfm_map).
{{ config(materialized='as_of_history', enabled='rfm' in var('schemes')) }}
{% set window_days = var('rfm_window_days') %}

with purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

cut_points as (

    select * from {{ ref('int_rfm__cut_points') }}

),

rfm_map as (

    select * from {{ ref('rfm_map') }}

),

scored as (

    select
        purchases.customer_id,
        purchases.order_days_{{ window_days }}d_count as order_days_count,
        cast(purchases.net_revenue_{{ window_days }}d_amount as decimal(18, 2)) as net_revenue_amount,
        purchases.days_since_last_order,
        {{ rfm_recency_score('purchases.days_since_last_order', 'cut_points.recency_days') }} as recency_score,
        {{ rfm_recency_score('purchases.days_since_last_order', 'previous_cut_points.recency_days') }}
            as recency_score_on_previous_boundaries,
        {{ rfm_frequency_score('purchases.order_days_' ~ window_days ~ 'd_count') }} as frequency_score,
        {{ rfm_monetary_score(
            'purchases.net_revenue_' ~ window_days ~ 'd_amount', 'cut_points.monetary_amounts'
        ) }} as monetary_score,
        purchases.order_days_{{ window_days }}d_count > 0 as has_order_in_window,
        purchases.days_since_first_order <= {{ var('new_customer_days') }} as is_new,
        as_of_dates.is_tonight,
        purchases.as_of_date
    from purchases
    inner join as_of_dates on purchases.as_of_date = as_of_dates.as_of_date
    left join cut_points on as_of_dates.boundaries_set_date = cut_points.as_of_date
    left join cut_points as previous_cut_points
        on as_of_dates.previous_boundaries_set_date = previous_cut_points.as_of_date

),

mapped as (

    select
        scored.*,
        case
            when not scored.has_order_in_window then 'prospect'
            when scored.is_new and scored.recency_score = 5 and scored.frequency_score = 1 then 'new'
            else coalesce(rfm_map.segment_code, 'unknown')
        end as segment_code,
        case
            when not scored.has_order_in_window then 'prospect'
            when
                scored.is_new and scored.recency_score_on_previous_boundaries = 5 and scored.frequency_score = 1
                then 'new'
            else previous_rfm_map.segment_code
        end as segment_code_on_previous_boundaries
    from scored
    left join rfm_map
        on scored.recency_score = rfm_map.recency_score and scored.frequency_score = rfm_map.frequency_score
    left join rfm_map as previous_rfm_map
        on
            scored.recency_score_on_previous_boundaries = previous_rfm_map.recency_score
            and scored.frequency_score = previous_rfm_map.frequency_score

),

segmented as (

    select
        customer_id,
        'rfm' as scheme,
        segment_code,
        segment_code_on_previous_boundaries,
        case
            when has_order_in_window then (recency_score + frequency_score + monetary_score - 3) / 12.0
        end as score,
        cast(null as double) as confidence,
        case
            when not is_tonight then null
            when not has_order_in_window
                then [{{ reason('order_days_' ~ window_days ~ 'd_count', 'order_days_count', '-1') }}]
            else [
                {{ reason('days_since_last_order', 'days_since_last_order', '(recency_score - 3) / 2.0') }},
                {{ reason(
                    'order_days_' ~ window_days ~ 'd_count', 'order_days_count', '(frequency_score - 3) / 2.0'
                ) }},
                {{ reason(
                    'net_revenue_' ~ window_days ~ 'd_amount', 'net_revenue_amount', '(monetary_score - 3) / 2.0'
                ) }}
            ]
        end as reasons,
        as_of_date
    from mapped

)

select * from segmented
