-- One row per kind of period (month, quarter, year) and period that is over and begins on the day after an evaluated
-- month end: the date at which memberships are frozen, the period before, and whether it can be compared with it.
with as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

customer_days as (

    select * from {{ ref('int_purchases__customer_days') }}

),

bounds as (

    select
        max(as_of_date) as tonight_date,
        (select min(customer_days.activity_date) from customer_days) as first_order_date
    from as_of_dates

),

starting as (

    {% for kind, months in {'month': 1, 'quarter': 3, 'year': 12}.items() -%}
    select
        '{{ kind }}' as period_kind,
        as_of_date as membership_date,
        as_of_date + 1 as period_start_date,
        cast(as_of_date + 1 + to_months({{ months }}) as date) - 1 as period_end_date,
        cast(as_of_date + 1 - to_months({{ months }}) as date) as previous_start_date
    from as_of_dates
    where as_of_date + 1 = cast(date_trunc('{{ kind }}', as_of_date + 1) as date)
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor %}

),

periods as (

    select
        starting.period_kind,
        starting.period_start_date = max(starting.period_start_date) over (partition by starting.period_kind)
            as is_newest,
        -- A period in which the data begin is not full.
        starting.previous_start_date >= bounds.first_order_date as has_previous,
        starting.period_start_date,
        starting.period_end_date,
        starting.membership_date,
        starting.previous_start_date,
        -- Null where it was not evaluated who was in which segment before the period before.
        earlier.as_of_date as previous_membership_date
    from starting
    cross join bounds
    left join as_of_dates as earlier on starting.previous_start_date - 1 = earlier.as_of_date
    where starting.period_end_date <= bounds.tonight_date

)

select * from periods
