-- One row per customer and sales channel that they ordered in: when for the first time, and how many had come before
-- them. The share is of the customers who were known on that day, so what happens later does not change it; customers
-- who came on the same day share their place. Only channels that were launched in front of the company's eyes can
-- tell who came first: those whose first order came well after the first order of all.
with orders as (

    select * from {{ ref('int_purchases__orders') }}

),

customers as (

    select * from {{ ref('int_identity__customers') }}

),

first_uses as (

    select
        customer_id,
        channel_code,
        min(order_date) as first_used_date
    from orders
    where channel_code is not null
    group by customer_id, channel_code

),

beginning as (

    select min(order_date) as first_order_date
    from orders

),

adopters_by_day as (

    select
        channel_code,
        count(*) as adopter_count,
        first_used_date
    from first_uses
    group by channel_code, first_used_date

),

adopters_before as (

    select
        channel_code,
        coalesce(sum(adopter_count) over earlier, 0) as earlier_adopter_count,
        first_used_date,
        min(first_used_date) over (partition by channel_code) as launched_date
    from adopters_by_day
    window earlier as (
        partition by channel_code
        order by first_used_date asc
        rows between unbounded preceding and 1 preceding
    )

),

known_by_day as (

    select
        coalesce(known_since_date, date '0001-01-01') as known_date,
        count(*) as newly_known_count
    from customers
    group by coalesce(known_since_date, date '0001-01-01')

),

known_to_date as (

    select
        sum(newly_known_count) over (
            order by known_date asc
            rows between unbounded preceding and current row
        ) as known_count,
        known_date
    from known_by_day

),

positions as (

    select
        adopters_before.channel_code,
        cast(
            least(adopters_before.earlier_adopter_count / known_to_date.known_count, 1) as decimal(18, 12)
        ) as earlier_adopter_share,
        adopters_before.launched_date
        > beginning.first_order_date + {{ var('digital_adoption_launch_after_days') }} as is_launch,
        adopters_before.first_used_date
    from adopters_before
    cross join beginning
    asof left join known_to_date on adopters_before.first_used_date >= known_to_date.known_date

),

placed as (

    select
        first_uses.customer_id,
        first_uses.channel_code,
        positions.earlier_adopter_share,
        positions.is_launch,
        first_uses.first_used_date
    from first_uses
    inner join positions
        on
            first_uses.channel_code = positions.channel_code
            and first_uses.first_used_date = positions.first_used_date

)

select * from placed
