-- One row per customer and as_of_date: the lifecycle stage. Repeat buyers are judged by the chance that they order
-- within 365 days, where it is predicted and the company known for long enough, else by silence against their own
-- median gap; one-time buyers by silence against the company's limits, in the same five steps.
{{ config(materialized='as_of_history', enabled='lifecycle' in var('schemes')) }}

with purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where {{ computed_now(inputs='int_predictions__inputs') }}

),

predictions as (

    select * from {{ source('ml', 'ml_customers__predictions') }}
    where {{ computed_now(inputs='int_predictions__inputs') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

limits as (

    select * from {{ ref('int_lifecycle__limits') }}

),

with_limits as (

    select
        purchases.customer_id,
        purchases.order_days_365d_count,
        purchases.order_gap_median_days,
        purchases.returned_after_days,
        purchases.returned_usual_gap_days,
        purchases.days_since_last_order,
        purchases.days_since_first_order,
        limits.company_scale,
        previous_limits.company_scale as previous_company_scale,
        case
            when purchases.order_gap_median_days is not null
                then {{ lifecycle_scale('purchases.order_gap_median_days') }}
        end as own_scale,
        {{ trusted_return_share('limits.history_days') }} as return_share,
        {{ trusted_return_share('previous_limits.history_days') }} as previous_return_share,
        purchases.order_days_count > 0 as has_order,
        as_of_dates.is_tonight,
        purchases.as_of_date
    from purchases
    inner join as_of_dates on purchases.as_of_date = as_of_dates.as_of_date
    inner join limits on as_of_dates.boundaries_set_date = limits.as_of_date
    left join predictions
        on purchases.customer_id = predictions.customer_id and purchases.as_of_date = predictions.as_of_date
    left join limits as previous_limits on as_of_dates.previous_boundaries_set_date = previous_limits.as_of_date

),

staged as (

    select
        *,
        {{ lifecycle_segment('company_scale', 'return_share') }} as segment_code,
        case
            when previous_company_scale is not null
                then {{ lifecycle_segment('previous_company_scale', 'previous_return_share') }}
        end as segment_code_on_previous_boundaries
    from with_limits

),

segmented as (

    select
        customer_id,
        'lifecycle' as scheme,
        segment_code,
        segment_code_on_previous_boundaries,
        cast(null as double) as score,
        cast(null as double) as confidence,
        case
            when not is_tonight then null
            when not has_order then [{{ reason('order_days_count', '0', '-1') }}]
            when return_share is not null
                then [
                    {{ reason(
                        'p_return_365d',
                        'round(return_share, 3)',
                        'return_share - ' ~ var('lifecycle_active_return_share')
                    ) }},
                    {{ reason('days_since_last_order', 'days_since_last_order', '0') }},
                    {{ reason('order_gap_median_days', 'order_gap_median_days', '0') }},
                    {{ reason('days_since_first_order', 'days_since_first_order', '0') }},
                    {{ reason('returned_after_days', 'returned_after_days', '0') }},
                    {{ reason('order_days_365d_count', 'order_days_365d_count', '0') }}
                ]
            else [
                {{ reason(
                    'days_since_last_order',
                    'days_since_last_order',
                    '1 - days_since_last_order / (' ~ var('lifecycle_active_days') ~ ' * coalesce(own_scale, company_scale))'
                ) }},
                {{ reason('order_gap_median_days', 'order_gap_median_days', '0') }},
                {{ reason('days_since_first_order', 'days_since_first_order', '0') }},
                {{ reason('returned_after_days', 'returned_after_days', '0') }},
                {{ reason('order_days_365d_count', 'order_days_365d_count', '0') }}
            ]
        end as reasons,
        as_of_date
    from staged

)

select * from segmented
