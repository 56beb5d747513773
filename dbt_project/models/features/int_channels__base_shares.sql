-- One row per as_of_date and kind of channel: its share of all the company's orders, recent ones counting more, as
-- known on the date. A customer with few orders is judged largely by it.
{{ config(materialized='as_of_history') }}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

orders as (

    select * from {{ ref('int_purchases__orders') }}

),

orders_by_day as (

    select
        channel_kind,
        count(*) as order_count,
        order_date
    from orders
    where channel_kind is not null
    group by channel_kind, order_date

),

weighted as (

    select
        orders_by_day.channel_kind,
        sum(
            orders_by_day.order_count
            * {{ decayed_weight(
                'as_of_dates.as_of_date - orders_by_day.order_date', var('channel_preference_half_life_days')
            ) }}
        ) as order_weight,
        as_of_dates.as_of_date
    from orders_by_day
    inner join as_of_dates on orders_by_day.order_date <= as_of_dates.as_of_date
    group by orders_by_day.channel_kind, as_of_dates.as_of_date

),

shares as (

    select
        channel_kind,
        {{ ratio('order_weight', 'sum(order_weight) over (partition by as_of_date)') }} as base_share,
        as_of_date
    from weighted

)

select * from shares
