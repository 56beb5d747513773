-- One row per boundary of the value tiers and date that set it: the margins that separate the tiers, from the one
-- above which tier 6 ends, named after their kind. Only those that a date goes by; which are tonight's is said here,
-- as tonight may go by limits of its own.
{{ config(enabled='value_tier' in var('schemes')) }}

with limits as (

    select * from {{ ref('int_value_tier__limits') }}
    where set_date is not null

),

cut_points as (

    select
        margin_kind,
        any_value(list_sort(margin_amounts)) as margin_amounts,
        bool_or(is_tonight) as is_in_force,
        set_date as as_of_date
    from limits
    group by margin_kind, set_date

),

boundaries as (

    select
        case
            when margin_kind = {{ past_margin_kind() }} then 'margin_amount'
            else 'expected_margin_amount_by_' || margin_kind
        end as boundary_name,
        case
            when margin_kind = {{ past_margin_kind() }}
                then 'Customers who earned us more than this in 365 days are a tier higher'
            else 'Customers of whom the model expects more than this in the next 365 days are a tier higher'
        end as description,
        '{{ var("base_currency") }}' as unit,
        cast(generate_subscripts(margin_amounts, 1) as integer) as boundary_number,
        cast(unnest(margin_amounts) as double) as boundary_value,
        is_in_force,
        as_of_date
    from cut_points

)

select * from boundaries
