-- One row per as_of_date: the expected margin above which a customer is worth much, among all customers of whom
-- something is predicted. A discrete quantile is a value that occurs, so equal values always share a side, and the
-- result does not depend on row order. Above it are never more than the share of the customers. One model or baseline
-- gives all margins of a date.
{{ config(materialized='as_of_history', enabled='predictive' in var('schemes')) }}

with predictions as (

    select * from {{ source('ml', 'ml_customers__predictions') }}
    where {{ computed_now(inputs='int_predictions__inputs') }}

),

boundaries as (

    select
        max(value_source) as value_source,
        count(*) as customers_count,
        quantile_disc(
            expected_margin_365d_amount, 1 - {{ var('predictive_high_value_share') }}
        ) as expected_margin_amount,
        as_of_date
    from predictions
    where expected_margin_365d_amount is not null
    group by as_of_date

)

select * from boundaries
