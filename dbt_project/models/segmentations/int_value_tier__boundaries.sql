-- One row per as_of_date: the margins that separate the value tiers, among customers with an order in the window.
-- Discrete quantiles are values that occur, so equal margins always share a tier, and the result does not depend on row
-- order. Above a cut-point is never more than its share of the customers.
{{ config(materialized='as_of_history', enabled='value_tier' in var('schemes')) }}

with purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where {{ computed_now() }}

),

boundaries as (

    select
        count(*) as customers_count,
        quantile_disc(margin_365d_amount, [
            {%- for percent in var('value_tier_percents') %}
            {{ (100 - percent) / 100 }}{{ ',' if not loop.last }}
            {%- endfor %}
        ]) as margin_amounts,
        as_of_date
    from purchases
    where order_days_365d_count > 0
    group by as_of_date

)

select * from boundaries
