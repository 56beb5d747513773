-- One row per boundary of the buying behaviour and as_of_date: the numbers of order days that separate occasional,
-- regular and heavy buyers. The limits of deal seekers and bulk buyers are fixed thresholds and so no boundaries.
{{ config(enabled='behavioural' in var('schemes')) }}

with usage_levels as (

    select * from {{ ref('int_behavioural__boundaries') }}

),

boundaries as (

    select
        'order_days_count' as boundary_name,
        'Repeat buyers with more order days than this in 365 days are a level heavier' as description,
        'days' as unit,
        cast(generate_subscripts(order_days_counts, 1) as integer) as boundary_number,
        cast(unnest(order_days_counts) as double) as boundary_value,
        as_of_date
    from usage_levels

)

select * from boundaries
