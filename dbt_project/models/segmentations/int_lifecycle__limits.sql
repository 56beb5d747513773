-- One row per date on which boundaries were set: the company's lifecycle day limits, scaled with its own rhythm.
{{ config(enabled='lifecycle' in var('schemes')) }}

with order_rhythm as (

    select * from {{ ref('int_company__order_rhythm') }}

),

limits as (

    select
        order_gap_median_days,
        {{ lifecycle_scale('order_gap_median_days') }} as company_scale,
        as_of_date as boundaries_set_date
    from order_rhythm

)

select * from limits
