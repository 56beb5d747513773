-- One row per customer and as_of_date: what the customer had bought by then. A window ends on the as-of date and is
-- that many days long; its totals are the running total on the as-of date minus the one just before the window.
{% set windows = [30, 90, 365] %}
{% set windows = windows if var('rfm_window_days') in windows else windows + [var('rfm_window_days')] %}

with spine as (

    select * from {{ ref('int_customers__as_of') }}

),

accumulated as (

    select * from {{ ref('int_purchases__customer_days_accumulated') }}

),

order_gaps as (

    select * from {{ ref('int_purchases__customer_order_gaps') }}

),

purchases as (

    select
        spine.customer_id,
        coalesce(to_date.order_count, 0) as order_count,
        coalesce(to_date.order_days_count, 0) as order_days_count,
        {% for days in windows -%}
        {{ in_window('order_count', days) }} as order_{{ days }}d_count,
        {{ in_window('order_days_count', days) }} as order_days_{{ days }}d_count,
        {% endfor -%}
        cast(coalesce(to_date.net_revenue_amount, 0) as decimal(18, 4)) as net_revenue_amount,
        {% for days in windows -%}
        cast({{ in_window('net_revenue_amount', days) }} as decimal(18, 4)) as net_revenue_{{ days }}d_amount,
        {% endfor -%}
        cast({{ in_window('gross_amount', 365) }} as decimal(18, 4)) as gross_365d_amount,
        cast({{ in_window('discount_amount', 365) }} as decimal(18, 4)) as discount_365d_amount,
        cast({{ in_window('margin_amount', 365) }} as decimal(18, 4)) as margin_365d_amount,
        {{ ratio(in_window('net_revenue_amount', 365), in_window('order_count', 365)) }}
            as average_order_value_365d_amount,
        {{ ratio(in_window('discount_amount', 365), in_window('gross_amount', 365)) }} as discount_365d_share,
        {{ ratio(in_window('refund_amount', 365), in_window('gross_amount', 365)) }} as refund_365d_share,
        cast(order_gaps.gap_median_days as double) as order_gap_median_days,
        spine.as_of_date - to_date.last_order_date as days_since_last_order,
        spine.as_of_date - to_date.first_order_date as days_since_first_order,
        to_date.last_order_date - to_date.first_order_date as first_to_last_order_days,
        to_date.first_order_date,
        to_date.last_order_date,
        spine.as_of_date
    from spine
    asof left join accumulated as to_date
        on spine.customer_id = to_date.customer_id and spine.as_of_date >= to_date.activity_date
    asof left join order_gaps
        on spine.customer_id = order_gaps.customer_id and spine.as_of_date >= order_gaps.order_date
    {% for days in windows -%}
    asof left join accumulated as before_{{ days }}d
        on
            spine.customer_id = before_{{ days }}d.customer_id
            and spine.as_of_date - {{ days }} >= before_{{ days }}d.activity_date
    {% endfor %}
)

select * from purchases
