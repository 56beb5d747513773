-- One row per as_of_date: the company's lifecycle day limits, scaled with its own rhythm as known on that date.
{{ config(materialized='view', enabled='lifecycle' in var('schemes')) }}

with order_rhythm as (

    select * from {{ ref('int_company__order_rhythm') }}

),

limits as (

    select
        order_gap_median_days,
        {{ lifecycle_scale('order_gap_median_days') }} as company_scale,
        as_of_date
    from order_rhythm

)

select * from limits
