-- One row per boundary of the RFM scheme, its place and as_of_date: the quintile cut-points of recency and money, one
-- row a cut-point. Frequency bands are fixed thresholds and therefore no boundaries.
{{ config(enabled='rfm' in var('schemes')) }}

with cut_points as (

    select * from {{ ref('int_rfm__cut_points') }}

),

boundaries as (

    select
        'recency_days' as boundary_name,
        'Customers silent for more days than this lose a point of recency' as description,
        'days' as unit,
        cast(generate_subscripts(recency_days, 1) as integer) as boundary_number,
        cast(unnest(recency_days) as double) as boundary_value,
        as_of_date
    from cut_points
    union all
    select
        'monetary_amount' as boundary_name,
        'Customers who spent more than this win a point of money' as description,
        '{{ var("base_currency") }}' as unit,
        cast(generate_subscripts(monetary_amounts, 1) as integer) as boundary_number,
        cast(unnest(monetary_amounts) as double) as boundary_value,
        as_of_date
    from cut_points

)

select * from boundaries
