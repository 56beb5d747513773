-- One row per as_of_date: the values that separate the value tiers, among customers with an order in the window. Values
-- are expected margins where a model expects any on the date, else margins of the last 365 days, as they were before.
-- Discrete quantiles are values that occur, so equal values always share a tier, and the result does not depend on row
-- order. Above a cut-point is never more than its share of the customers.
{{ config(materialized='as_of_history', enabled='value_tier' in var('schemes')) }}

with purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where {{ computed_now(inputs='int_predictions__inputs') }}

),

predictions as (

    select * from {{ source('ml', 'ml_customers__predictions') }}
    where {{ computed_now(inputs='int_predictions__inputs') }}

),

buyers as (

    select
        purchases.margin_365d_amount as past_margin_amount,
        {{ modelled_margin('predictions') }} as expected_margin_amount,
        purchases.as_of_date
    from purchases
    left join predictions
        on purchases.customer_id = predictions.customer_id and purchases.as_of_date = predictions.as_of_date
    where purchases.order_days_365d_count > 0

),

boundaries as (

    select
        count(*) as customers_count,
        quantile_disc(coalesce(expected_margin_amount, past_margin_amount), [
            {%- for percent in var('value_tier_percents') %}
            {{ (100 - percent) / 100 }}{{ ',' if not loop.last }}
            {%- endfor %}
        ]) as margin_amounts,
        count(expected_margin_amount) > 0 as is_expected,
        as_of_date
    from buyers
    group by as_of_date

)

select * from boundaries
