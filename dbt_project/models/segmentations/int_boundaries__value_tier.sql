-- One row per boundary of the value tiers and as_of_date: the margins that separate the tiers, from the one above which
-- tier 6 ends; expected ones where they were found among such.
{{ config(enabled='value_tier' in var('schemes')) }}

with cut_points as (

    select
        list_sort(margin_amounts) as margin_amounts,
        is_expected,
        as_of_date
    from {{ ref('int_value_tier__boundaries') }}

),

boundaries as (

    select
        case when is_expected then 'expected_margin_amount' else 'margin_amount' end as boundary_name,
        case
            when is_expected then 'Customers of whom more than this is expected in the next 365 days are a tier higher'
            else 'Customers who earned us more than this in 365 days are a tier higher'
        end as description,
        '{{ var("base_currency") }}' as unit,
        cast(generate_subscripts(margin_amounts, 1) as integer) as boundary_number,
        cast(unnest(margin_amounts) as double) as boundary_value,
        as_of_date
    from cut_points

)

select * from boundaries
