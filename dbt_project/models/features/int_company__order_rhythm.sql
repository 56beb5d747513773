-- One row per as_of_date: how often the company's customers buy, as known on that date. Day limits of the lifecycle
-- scheme scale with it.
with as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

order_gaps as (

    select * from {{ ref('int_purchases__customer_order_gaps') }}

),

rhythm as (

    select
        count(order_gaps.gap_days) as gap_count,
        cast(median(order_gaps.gap_days) as double) as order_gap_median_days,
        as_of_dates.as_of_date
    from as_of_dates
    left join order_gaps on as_of_dates.as_of_date >= order_gaps.order_date
    group by as_of_dates.as_of_date

)

select * from rhythm
