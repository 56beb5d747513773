-- One row per month that is over, from a year before the first period on: everything that customers did in it, as one
-- number. What is summed up of a month is kept for as long as its number stays the same. Rows are hashed whole and
-- the hashes added up, so that their order does not matter. A campaign counts in the month of its assignment, and so
-- its month changes once more when the days in which an order is a response are over.
{% set dated_inputs = {
    'int_interactions__customer_days': 'activity_date',
    'int_identity__campaign_exposures': 'assigned_date',
    'outcome_campaigns__responses': 'assigned_date',
    'int_satisfaction__answers': 'answered_date',
} %}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

days as (

    select * from {{ ref('int_days__inputs') }}

),

customer_days as (

    select * from {{ ref('int_interactions__customer_days') }}

),

bounds as (

    select
        date_trunc('month', min(as_of_date) + 1) - to_months(12) as first_month,
        max(as_of_date) as tonight_date
    from as_of_dates

),

-- Where no ticket of anybody was recorded by the end of a month, calls and e-mails of customers are requests.
first_ticket as (

    select min(activity_date) filter (where ticket_opened_count > 0) as first_ticket_date
    from customer_days

),

{% for input, date_column in dated_inputs.items() -%}
{{ input | replace('__', '_') }} as (

    select
        {{ month_start(date_column) }} as month_start_date,
        sum(hash('{{ input }}', rows_of_input)) as input_hash, -- noqa: RF02
        0 as order_lines_count
    from {{ ref(input) }} as rows_of_input -- noqa: AL05
    group by {{ month_start(date_column) }}

),

{% endfor -%}
order_days as (

    select
        {{ month_start('input_date') }} as month_start_date,
        sum(hash(input_date, inputs_hash)) as input_hash,
        sum(order_lines_count) as order_lines_count
    from days
    group by {{ month_start('input_date') }}

),

inputs as (

    {% for input in dated_inputs -%}
    select * from {{ input | replace('__', '_') }}
    union all
    {% endfor -%}
    select * from order_days

),

months as (

    select
        sum(inputs.input_hash)
        + hash(coalesce(any_value(first_ticket.first_ticket_date) <= last_day(inputs.month_start_date), false))
            as inputs_hash,
        cast(sum(inputs.order_lines_count) as bigint) as order_lines_count,
        coalesce(any_value(first_ticket.first_ticket_date) <= last_day(inputs.month_start_date), false) as has_tickets,
        inputs.month_start_date as input_date
    from inputs
    cross join bounds
    cross join first_ticket
    where
        inputs.month_start_date >= bounds.first_month
        and last_day(inputs.month_start_date) <= bounds.tonight_date
    group by inputs.month_start_date

)

select * from months
