-- One row per date that set it: the expected margin above which a customer is worth much, named after what expects it.
-- Only those that a date goes by; which is tonight's is said here, as tonight may go by one of its own.
{{ config(enabled='predictive' in var('schemes')) }}

with limits as (

    select * from {{ ref('int_predictive__limits') }}

),

boundaries as (

    select
        'expected_margin_amount_by_' || value_source as boundary_name,
        'Customers of whom more margin than this is expected in the next 365 days are worth much' as description,
        '{{ var("base_currency") }}' as unit,
        1 as boundary_number,
        cast(any_value(expected_margin_amount) as double) as boundary_value,
        bool_or(is_tonight) as is_in_force,
        set_date as as_of_date
    from limits
    group by value_source, set_date

)

select * from boundaries
