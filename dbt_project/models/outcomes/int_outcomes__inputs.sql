-- One row per evaluated date: how many days after it are over, as far as outcomes are told of them, and everything that
-- decides these outcomes, as one number: the order lines of those days (int_days__inputs) and the customers who were
-- known on the date. What happened on the date or before is not in it, and neither is a horizon that is not over yet:
-- outcomes of it are null whatever has happened so far.
{% set horizons = var('outcome_horizon_days') %}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

days as (

    select * from {{ ref('int_days__inputs') }}

),

customers as (

    select
        coalesce(known_since_date, date '1900-01-01') as known_since_date,
        count(*) as customers_count,
        sum(hash(customer_id)) as customers_hash
    from {{ ref('int_identity__customers') }}
    group by coalesce(known_since_date, date '1900-01-01')

),

tonight as (

    select as_of_date as tonight_date
    from as_of_dates
    where is_tonight

),

dated as (

    select
        case
            {% for days in horizons | sort(reverse=true) -%}
            when as_of_dates.as_of_date + {{ days }} <= tonight.tonight_date then {{ days }}
            {% endfor -%}
            else 0
        end as observed_days_count,
        as_of_dates.as_of_date
    from as_of_dates
    cross join tonight

),

known as (

    select
        sum(customers.customers_count) as customers_count,
        sum(customers.customers_hash) as customers_hash,
        dated.as_of_date
    from dated
    inner join customers on dated.as_of_date >= customers.known_since_date
    group by dated.as_of_date

),

happened as (

    select
        sum(hash(days.input_date, days.inputs_hash)) as events_hash,
        dated.as_of_date
    from dated
    inner join days
        on dated.as_of_date < days.input_date and dated.as_of_date + dated.observed_days_count >= days.input_date
    group by dated.as_of_date

),

inputs as (

    select
        coalesce(known.customers_hash, 0)
        + coalesce(happened.events_hash, 0)
        + hash(dated.observed_days_count) as inputs_hash,
        cast(coalesce(known.customers_count, 0) as bigint) as customers_count,
        dated.observed_days_count,
        dated.as_of_date as input_date
    from dated
    left join known on dated.as_of_date = known.as_of_date
    left join happened on dated.as_of_date = happened.as_of_date

)

select * from inputs
