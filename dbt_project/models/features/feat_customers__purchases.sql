-- One row per customer and as_of_date: what the customer had bought by then, in all and in windows that end on the
-- as-of date, and the rhythm in which they buy.
{{ config(materialized='as_of_history') }}
{% set windows = [30, 90, 365] %}
{% set windows = windows if var('rfm_window_days') in windows else windows + [var('rfm_window_days')] %}
{% set year_amounts = ['gross', 'discount', 'refund', 'margin'] %}
{% set year_units = ['units', 'discounted_units', 'returned_units'] %}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }} and {{ customers_of_part() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

customer_days as (

    select * from {{ ref('int_purchases__customer_days') }}
    where {{ customers_of_part() }}

),

order_gaps as (

    select * from {{ ref('int_purchases__customer_order_gaps') }}
    where {{ customers_of_part() }}

),

to_date as (

    select
        customer_days.customer_id,
        sum(customer_days.order_count) as order_count,
        count(*) filter (where customer_days.is_order_day) as order_days_count,
        sum(customer_days.net_revenue_amount) as net_revenue_amount,
        sum(customer_days.margin_amount) as margin_amount,
        {% for days in windows -%}
        sum(customer_days.order_count) filter (where {{ in_window('customer_days.activity_date', days) }})
            as order_{{ days }}d_count,
        count(*) filter (where customer_days.is_order_day and {{ in_window('customer_days.activity_date', days) }})
            as order_days_{{ days }}d_count,
        sum(customer_days.net_revenue_amount) filter (where {{ in_window('customer_days.activity_date', days) }})
            as net_revenue_{{ days }}d_amount,
        {% endfor -%}
        sum(customer_days.net_revenue_amount) filter (where {{ in_window('customer_days.activity_date', 180) }})
            as net_revenue_180d_amount,
        {% for measure in year_amounts -%}
        sum(customer_days.{{ measure }}_amount) filter (where {{ in_window('customer_days.activity_date', 365) }})
            as {{ measure }}_365d_amount,
        {% endfor -%}
        {% for measure in year_units -%}
        sum(customer_days.{{ measure }}_count) filter (where {{ in_window('customer_days.activity_date', 365) }})
            as {{ measure }}_365d_count,
        {% endfor -%}
        sum(customer_days.order_lines_count) filter (where {{ in_window('customer_days.activity_date', 365) }})
            as order_lines_365d_count,
        count(*) filter (
            where
            customer_days.is_order_day
            and {{ in_window('customer_days.activity_date', 365) }}
            and month(customer_days.activity_date) in (11, 12)
        ) as season_order_days_365d_count,
        count(*) filter (
            where
            customer_days.is_order_day
            and {{ in_window('customer_days.activity_date', 365) }}
            and isodow(customer_days.activity_date) >= 6
        ) as weekend_order_days_365d_count,
        min(customer_days.activity_date) filter (where customer_days.is_order_day) as first_order_date,
        max(customer_days.activity_date) filter (where customer_days.is_order_day) as last_order_date,
        as_of_dates.as_of_date
    from customer_days
    inner join as_of_dates on customer_days.activity_date <= as_of_dates.as_of_date
    group by customer_days.customer_id, as_of_dates.as_of_date

),

rhythms as (

    select
        order_gaps.customer_id,
        median(order_gaps.gap_days) as order_gap_median_days,
        -- Only silences longer than the smallest possible limit can have meant "lost".
        max(order_gaps.order_date) filter (
            where
            {{ in_window('order_gaps.order_date', var('lifecycle_reactivated_days')) }}
            and order_gaps.gap_days > {{ var('lifecycle_highly_at_risk_days') }} * {{ var('lifecycle_minimum_scale') }}
        ) as returned_date,
        as_of_dates.as_of_date
    from order_gaps
    inner join as_of_dates on order_gaps.order_date <= as_of_dates.as_of_date
    where order_gaps.gap_days is not null
    group by order_gaps.customer_id, as_of_dates.as_of_date

),

returns as (

    select
        rhythms.customer_id,
        max(order_gaps.gap_days) filter (where order_gaps.order_date = rhythms.returned_date) as returned_after_days,
        median(order_gaps.gap_days) filter (where order_gaps.order_date < rhythms.returned_date)
            as returned_usual_gap_days,
        rhythms.as_of_date
    from rhythms
    inner join order_gaps
        on rhythms.customer_id = order_gaps.customer_id and rhythms.returned_date >= order_gaps.order_date
    group by rhythms.customer_id, rhythms.as_of_date

),

purchases as (

    select
        spine.customer_id,
        cast(coalesce(to_date.order_count, 0) as bigint) as order_count,
        coalesce(to_date.order_days_count, 0) as order_days_count,
        {% for days in windows -%}
        cast(coalesce(to_date.order_{{ days }}d_count, 0) as bigint) as order_{{ days }}d_count,
        coalesce(to_date.order_days_{{ days }}d_count, 0) as order_days_{{ days }}d_count,
        {% endfor -%}
        cast(coalesce(to_date.order_lines_365d_count, 0) as bigint) as order_lines_365d_count,
        cast(coalesce(to_date.units_365d_count, 0) as decimal(18, 4)) as units_365d_count,
        cast(coalesce(to_date.net_revenue_amount, 0) as decimal(18, 4)) as net_revenue_amount,
        {% for days in windows -%}
        cast(coalesce(to_date.net_revenue_{{ days }}d_amount, 0) as decimal(18, 4)) as net_revenue_{{ days }}d_amount,
        {% endfor -%}
        {% for measure in year_amounts -%}
        cast(coalesce(to_date.{{ measure }}_365d_amount, 0) as decimal(18, 4)) as {{ measure }}_365d_amount,
        {% endfor -%}
        cast(coalesce(to_date.margin_amount, 0) as decimal(18, 4)) as margin_amount,
        {{ ratio('to_date.net_revenue_365d_amount', 'to_date.order_365d_count') }} as average_order_value_365d_amount,
        {{ ratio('to_date.discount_365d_amount', 'to_date.gross_365d_amount') }} as discount_365d_share,
        {{ ratio('to_date.discounted_units_365d_count', 'to_date.units_365d_count') }} as discounted_units_365d_share,
        {{ ratio('to_date.refund_365d_amount', 'to_date.gross_365d_amount') }} as refund_365d_share,
        {{ ratio('to_date.returned_units_365d_count', 'to_date.units_365d_count') }} as returned_units_365d_share,
        {{ ratio('to_date.units_365d_count', 'to_date.order_365d_count') }} as units_per_order_365d_mean,
        {{ ratio('to_date.units_365d_count', 'to_date.order_lines_365d_count') }} as units_per_line_365d_mean,
        {{ ratio('to_date.margin_365d_amount', 'to_date.net_revenue_365d_amount') }} as margin_365d_share,
        {{ ratio('to_date.season_order_days_365d_count', 'to_date.order_days_365d_count') }}
            as season_order_days_365d_share,
        {{ ratio('to_date.weekend_order_days_365d_count', 'to_date.order_days_365d_count') }}
            as weekend_order_days_365d_share,
        {{ ratio(
            '2 * coalesce(to_date.net_revenue_90d_amount, 0) - to_date.net_revenue_180d_amount',
            'to_date.net_revenue_180d_amount'
        ) }} as net_revenue_trend_180d_share,
        cast(rhythms.order_gap_median_days as double) as order_gap_median_days,
        returns.returned_after_days,
        cast(returns.returned_usual_gap_days as double) as returned_usual_gap_days,
        spine.as_of_date - to_date.last_order_date as days_since_last_order,
        spine.as_of_date - to_date.first_order_date as days_since_first_order,
        to_date.last_order_date - to_date.first_order_date as first_to_last_order_days,
        to_date.first_order_date,
        to_date.last_order_date,
        spine.as_of_date
    from spine
    left join to_date on spine.customer_id = to_date.customer_id and spine.as_of_date = to_date.as_of_date
    left join rhythms on spine.customer_id = rhythms.customer_id and spine.as_of_date = rhythms.as_of_date
    left join returns on spine.customer_id = returns.customer_id and spine.as_of_date = returns.as_of_date

)

select * from purchases
