-- One row per customer and as_of_date on which they were known: what they bought in the days after it. The as-of date
-- itself belongs to the features, the last day of a horizon to the outcome; refunds count on their day. Null where the
-- horizon is not over yet, 0 where it is and nothing happened.
{{ config(materialized='outcome_history') }}
{% set horizons = var('outcome_horizon_days') %}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_outcomes() }}

),

inputs as (

    select * from {{ ref('int_outcomes__inputs') }}
    where {{ computed_outcomes('input_date') }}

),

customer_days as (

    select * from {{ ref('int_purchases__customer_days') }}

),

happened as (

    select
        customer_days.customer_id,
        {% for days in horizons -%}
        {% set within = 'customer_days.activity_date <= inputs.input_date + ' ~ days -%}
        sum(customer_days.order_count) filter (where {{ within }}) as order_{{ days }}d_count,
        count(*) filter (where customer_days.is_order_day and {{ within }}) as order_days_{{ days }}d_count,
        sum(customer_days.net_revenue_amount) filter (where {{ within }}) as net_revenue_{{ days }}d_amount,
        sum(customer_days.margin_amount) filter (where {{ within }}) as margin_{{ days }}d_amount,
        {% endfor -%}
        min(customer_days.activity_date) filter (where customer_days.is_order_day) as next_order_date,
        inputs.input_date as as_of_date
    from customer_days
    inner join inputs
        on
            customer_days.activity_date > inputs.input_date
            and customer_days.activity_date <= inputs.input_date + inputs.observed_days_count
    group by customer_days.customer_id, inputs.input_date

),

purchases as (

    select
        spine.customer_id,
        inputs.observed_days_count,
        {% for days in horizons -%}
        {% set is_over = 'inputs.observed_days_count >= ' ~ days -%}
        {% for measure in ['order', 'order_days'] -%}
        cast(
            case when {{ is_over }} then coalesce(happened.{{ measure }}_{{ days }}d_count, 0) end as bigint
        ) as {{ measure }}_{{ days }}d_count,
        {% endfor -%}
        {% for measure in ['net_revenue', 'margin'] -%}
        cast(
            case when {{ is_over }} then coalesce(happened.{{ measure }}_{{ days }}d_amount, 0) end as decimal(18, 4)
        ) as {{ measure }}_{{ days }}d_amount,
        {% endfor -%}
        {% endfor -%}
        happened.next_order_date - spine.as_of_date as days_to_next_order,
        {% for days in horizons -%}
        case
            when inputs.observed_days_count >= {{ days }}
                then coalesce(happened.order_{{ days }}d_count, 0) > 0
        end as has_ordered_{{ days }}d,
        {% endfor -%}
        spine.as_of_date
    from spine
    inner join inputs on spine.as_of_date = inputs.input_date
    left join happened on spine.customer_id = happened.customer_id and spine.as_of_date = happened.as_of_date

)

select * from purchases
