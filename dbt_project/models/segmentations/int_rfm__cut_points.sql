-- One row per as_of_date: the quintile cut-points of recency and money among customers with an order in the window.
-- Discrete quantiles are values that occur, so equal values always get equal scores, and the result does not depend on
-- row order.
{{ config(materialized='as_of_history', enabled='rfm' in var('schemes')) }}
{% set window_days = var('rfm_window_days') %}

with purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where {{ computed_now() }}

),

cut_points as (

    select
        count(*) as customers_count,
        quantile_disc(days_since_last_order, [0.2, 0.4, 0.6, 0.8]) as recency_days,
        quantile_disc(net_revenue_{{ window_days }}d_amount, [0.2, 0.4, 0.6, 0.8]) as monetary_amounts,
        as_of_date
    from purchases
    where order_days_{{ window_days }}d_count > 0
    group by as_of_date

)

select * from cut_points
