-- One row per evaluated date: tonight and the month ends of the history window since the first order.
-- Segment boundaries that are learned from the data (quantile cut-points, the company's rhythm) are set at month
-- ends and stay frozen until the next one, so that between them a customer moves only because the customer changed.
with order_lines as (

    select * from {{ ref('int_identity__order_lines') }}

),

first_order as (

    select min(order_date) as first_order_date
    from order_lines
    where customer_id is not null

),

month_ends as (

    select
        cast(
            date_trunc('month', {{ tonight() }}) - to_months(month_offset) - interval 1 day as date
        ) as as_of_date
    from range(0, {{ var('history_months') }}) as months (month_offset) -- noqa: AL05

),

evaluated as (

    select month_ends.as_of_date
    from month_ends
    inner join first_order on month_ends.as_of_date >= first_order.first_order_date
    union
    select {{ tonight() }} as as_of_date

),

dated as (

    select
        as_of_date,
        as_of_date = {{ tonight() }} as is_tonight,
        lag(as_of_date) over (order by as_of_date asc) as previous_as_of_date,
        max(case when as_of_date = last_day(as_of_date) then as_of_date end) over (
            order by as_of_date asc
            rows between unbounded preceding and current row
        ) as last_month_end
    from evaluated

),

with_boundaries as (

    select
        as_of_date,
        is_tonight,
        previous_as_of_date,
        coalesce(last_month_end, as_of_date) as boundaries_set_date,
        lag(coalesce(last_month_end, as_of_date)) over (order by as_of_date asc) as previous_boundaries_set_date
    from dated

)

select * from with_boundaries
