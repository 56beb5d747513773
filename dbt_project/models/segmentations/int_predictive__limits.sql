-- One row per as_of_date with an expected margin: the one above which a customer is worth much. It is that of the last
-- month end; where another model, a baseline or nothing was published on that one, the date gives its own.
{{ config(enabled='predictive' in var('schemes')) }}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

boundaries as (

    select * from {{ ref('int_predictive__boundaries') }}

),

limits as (

    select
        own.value_source,
        coalesce(frozen.expected_margin_amount, own.expected_margin_amount) as expected_margin_amount,
        as_of_dates.is_tonight,
        coalesce(frozen.as_of_date, own.as_of_date) as set_date,
        as_of_dates.as_of_date
    from as_of_dates
    inner join boundaries as own on as_of_dates.as_of_date = own.as_of_date
    left join boundaries as frozen
        on as_of_dates.boundaries_set_date = frozen.as_of_date and own.value_source = frozen.value_source

)

select * from limits
