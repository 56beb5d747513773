-- One row per as_of_date: the company's lifecycle day limits, scaled with its own rhythm as known on that date,
-- and for how long it is known.
{{ config(materialized='view', enabled='lifecycle' in var('schemes')) }}

with order_rhythm as (

    select * from {{ ref('int_company__order_rhythm') }}

),

first_order as (

    select min(order_date) as first_order_date
    from {{ ref('int_purchases__customer_order_gaps') }}

),

limits as (

    select
        order_rhythm.order_gap_median_days,
        {{ lifecycle_scale('order_rhythm.order_gap_median_days') }} as company_scale,
        order_rhythm.as_of_date - first_order.first_order_date as history_days,
        order_rhythm.as_of_date
    from order_rhythm
    cross join first_order

)

select * from limits
