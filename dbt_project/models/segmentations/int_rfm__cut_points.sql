-- One row per date on which boundaries were set: the quintile cut-points of recency and money among customers with an
-- order in the window. Discrete quantiles are values that occur, so equal values always get equal scores, and the
-- result does not depend on row order.
{{ config(enabled='rfm' in var('schemes')) }}
{% set window_days = var('rfm_window_days') %}

with purchases as (

    select * from {{ ref('feat_customers__purchases') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

boundary_dates as (

    select distinct boundaries_set_date
    from as_of_dates

),

cut_points as (

    select
        count(*) as customers_count,
        quantile_disc(purchases.days_since_last_order, [0.2, 0.4, 0.6, 0.8]) as recency_days,
        quantile_disc(purchases.net_revenue_{{ window_days }}d_amount, [0.2, 0.4, 0.6, 0.8]) as monetary_amounts,
        boundary_dates.boundaries_set_date
    from boundary_dates
    inner join purchases on boundary_dates.boundaries_set_date = purchases.as_of_date
    where purchases.order_days_{{ window_days }}d_count > 0
    group by boundary_dates.boundaries_set_date

)

select * from cut_points
