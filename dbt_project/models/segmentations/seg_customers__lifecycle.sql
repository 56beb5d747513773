-- One row per customer and as_of_date: the lifecycle stage. One-time buyers are judged by silence against the
-- company's limits, repeat buyers by silence against their own median gap, in the same five steps.
{{ config(enabled='lifecycle' in var('schemes')) }}

with spine as (

    select * from {{ ref('int_customers__as_of') }}

),

purchases as (

    select * from {{ ref('feat_customers__purchases') }}

),

order_gaps as (

    select * from {{ ref('int_purchases__customer_order_gaps') }}

),

limits as (

    select * from {{ ref('int_lifecycle__limits') }}

),

-- Only silences longer than the smallest possible limit can have meant "lost".
long_silences as (

    select
        customer_id,
        gap_days,
        gap_median_before_days,
        order_date as returned_date
    from order_gaps
    where gap_days > {{ var('lifecycle_highly_at_risk_days') }} * {{ var('lifecycle_minimum_scale') }}

),

returns as (

    select
        spine.customer_id,
        bool_or({{ was_lost('long_silences', 'limits.company_scale') }}) as was_reactivated,
        bool_or({{ was_lost('long_silences', 'previous_limits.company_scale') }})
            as was_reactivated_on_previous_boundaries,
        spine.as_of_date
    from spine
    inner join long_silences
        on
            spine.customer_id = long_silences.customer_id
            and spine.as_of_date >= long_silences.returned_date
            and spine.as_of_date < long_silences.returned_date + {{ var('lifecycle_reactivated_days') }}
    inner join limits on spine.boundaries_set_date = limits.boundaries_set_date
    left join limits as previous_limits
        on spine.previous_boundaries_set_date = previous_limits.boundaries_set_date
    group by spine.customer_id, spine.as_of_date

),

with_limits as (

    select
        spine.customer_id,
        purchases.order_days_365d_count,
        purchases.order_gap_median_days,
        purchases.days_since_last_order,
        purchases.days_since_first_order,
        limits.company_scale,
        previous_limits.company_scale as previous_company_scale,
        case
            when purchases.order_gap_median_days is not null
                then {{ lifecycle_scale('purchases.order_gap_median_days') }}
        end as own_scale,
        purchases.order_days_count > 0 as has_order,
        coalesce(returns.was_reactivated, false) as was_reactivated,
        coalesce(returns.was_reactivated_on_previous_boundaries, false)
            as was_reactivated_on_previous_boundaries,
        spine.is_tonight,
        spine.as_of_date
    from spine
    inner join purchases
        on spine.customer_id = purchases.customer_id and spine.as_of_date = purchases.as_of_date
    inner join limits on spine.boundaries_set_date = limits.boundaries_set_date
    left join limits as previous_limits
        on spine.previous_boundaries_set_date = previous_limits.boundaries_set_date
    left join returns
        on spine.customer_id = returns.customer_id and spine.as_of_date = returns.as_of_date

),

staged as (

    select
        *,
        {{ lifecycle_segment('company_scale', 'was_reactivated') }} as segment_code,
        case
            when previous_company_scale is not null
                then {{ lifecycle_segment('previous_company_scale', 'was_reactivated_on_previous_boundaries') }}
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
            else [
                {{ reason(
                    'days_since_last_order',
                    'days_since_last_order',
                    '1 - days_since_last_order / (' ~ var('lifecycle_active_days') ~ ' * coalesce(own_scale, company_scale))'
                ) }},
                {{ reason('order_gap_median_days', 'order_gap_median_days', '0') }},
                {{ reason('days_since_first_order', 'days_since_first_order', '0') }},
                {{ reason('order_days_365d_count', 'order_days_365d_count', '0') }}
            ]
        end as reasons,
        as_of_date
    from staged

)

select * from segmented
