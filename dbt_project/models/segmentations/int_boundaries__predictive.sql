-- One row per as_of_date with predictions: the expected margin above which a customer is worth much.
{{ config(enabled='predictive' in var('schemes')) }}

with cut_points as (

    select * from {{ ref('int_predictive__boundaries') }}

),

boundaries as (

    select
        'expected_margin_amount' as boundary_name,
        'Customers of whom more margin than this is expected in the next 365 days are worth much' as description,
        '{{ var("base_currency") }}' as unit,
        1 as boundary_number,
        cast(expected_margin_amount as double) as boundary_value,
        as_of_date
    from cut_points

)

select * from boundaries
