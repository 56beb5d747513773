-- One row per boundary of the value tiers and as_of_date: the margins that separate the tiers, from the one above which
-- tier 6 ends.
{{ config(enabled='value_tier' in var('schemes')) }}

with cut_points as (

    select
        list_sort(margin_amounts) as margin_amounts,
        as_of_date
    from {{ ref('int_value_tier__boundaries') }}

),

boundaries as (

    select
        'margin_amount' as boundary_name,
        'Customers who earned us more than this in 365 days are a tier higher' as description,
        '{{ var("base_currency") }}' as unit,
        cast(generate_subscripts(margin_amounts, 1) as integer) as boundary_number,
        cast(unnest(margin_amounts) as double) as boundary_value,
        as_of_date
    from cut_points

)

select * from boundaries
