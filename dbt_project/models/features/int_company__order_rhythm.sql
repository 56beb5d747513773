-- One row per as_of_date: how often the company's customers buy, as known on that date. Day limits of the lifecycle
-- scheme scale with it. Silences that still last are censored gaps: without them short gaps would be over-represented.
-- The product-limit estimate (Kaplan and Meier 1958) ends on a plateau, the share of orders that nobody follows; the
-- rhythm is the median of the others: the day on which half of the returns that are ever seen have come.
{{ config(materialized='as_of_history') }}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

order_gaps as (

    select * from {{ ref('int_purchases__customer_order_gaps') }}

),

last_orders as (

    select
        order_gaps.customer_id,
        as_of_dates.as_of_date - max(order_gaps.order_date) as silent_days,
        as_of_dates.as_of_date
    from order_gaps
    inner join as_of_dates on order_gaps.order_date <= as_of_dates.as_of_date
    group by order_gaps.customer_id, as_of_dates.as_of_date

),

durations as (

    select
        order_gaps.gap_days as duration_days,
        count(*) as ended_count,
        0 as lasting_count,
        as_of_dates.as_of_date
    from order_gaps
    inner join as_of_dates on order_gaps.order_date <= as_of_dates.as_of_date
    where order_gaps.gap_days is not null
    group by order_gaps.gap_days, as_of_dates.as_of_date
    union all
    select
        silent_days as duration_days,
        0 as ended_count,
        count(*) as lasting_count,
        as_of_date
    from last_orders
    group by silent_days, as_of_date

),

by_duration as (

    select
        duration_days,
        sum(ended_count) as ended_count,
        sum(lasting_count) as lasting_count,
        as_of_date
    from durations
    group by duration_days, as_of_date

),

at_risk as (

    select
        *,
        sum(ended_count + lasting_count) over (
            partition by as_of_date
            order by duration_days desc
            rows between unbounded preceding and current row
        ) as at_risk_count
    from by_duration

),

survival as (

    select
        duration_days,
        ended_count,
        lasting_count,
        -- Where every silence still at risk ends on one day, nothing of the curve is left.
        exp(sum(case when ended_count < at_risk_count then ln(1 - ended_count / at_risk_count) else -100 end) over (
            partition by as_of_date
            order by duration_days asc
            rows between unbounded preceding and current row
        )) as surviving_share,
        as_of_date
    from at_risk

),

with_plateaus as (

    select
        *,
        min(surviving_share) over (partition by as_of_date) as plateau_share
    from survival

),

rhythm as (

    select
        cast(coalesce(sum(with_plateaus.ended_count), 0) as bigint) as gap_count,
        cast(coalesce(sum(with_plateaus.lasting_count), 0) as bigint) as lasting_silence_count,
        1 - min(with_plateaus.plateau_share) as returning_share,
        cast(
            min(with_plateaus.duration_days) filter (
                where
                with_plateaus.ended_count > 0
                and with_plateaus.surviving_share <= (1 + with_plateaus.plateau_share) / 2
            ) as double
        ) as order_gap_median_days,
        as_of_dates.as_of_date
    from as_of_dates
    left join with_plateaus on as_of_dates.as_of_date = with_plateaus.as_of_date
    group by as_of_dates.as_of_date

)

select * from rhythm
