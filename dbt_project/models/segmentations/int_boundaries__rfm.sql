-- One row per boundary of the RFM scheme and date on which it was set: the quintile cut-points of recency and money,
-- one row a cut-point. Frequency bands are fixed thresholds and therefore no boundaries.
{{ config(enabled='rfm' in var('schemes')) }}

with cut_points as (

    select * from {{ ref('int_rfm__cut_points') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

set_dates as (

    select distinct boundaries_set_date
    from as_of_dates

),

in_force as (

    select
        cut_points.recency_days,
        cut_points.monetary_amounts,
        set_dates.boundaries_set_date
    from set_dates
    inner join cut_points on set_dates.boundaries_set_date = cut_points.as_of_date

),

boundaries as (

    select
        'recency_days' as boundary_name,
        'Customers silent for more days than this lose a point of recency' as description,
        'days' as unit,
        cast(generate_subscripts(recency_days, 1) as integer) as boundary_number,
        cast(unnest(recency_days) as double) as boundary_value,
        boundaries_set_date
    from in_force
    union all
    select
        'monetary_amount' as boundary_name,
        'Customers who spent more than this win a point of money' as description,
        '{{ var("base_currency") }}' as unit,
        cast(generate_subscripts(monetary_amounts, 1) as integer) as boundary_number,
        cast(unnest(monetary_amounts) as double) as boundary_value,
        boundaries_set_date
    from in_force

)

select * from boundaries
