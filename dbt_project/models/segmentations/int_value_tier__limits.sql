-- One row per as_of_date with a customer who had ordered in the window: the margins that separate its value tiers, of
-- the kind that its customers are ranked by. They are those of the last month end; where that one gave none of a
-- model's margins, because another model or none was published on it, the date gives its own.
{{ config(enabled='value_tier' in var('schemes')) }}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

boundaries as (

    select * from {{ ref('int_value_tier__boundaries') }}

),

limits as (

    select
        own.margin_kind,
        coalesce(
            frozen.margin_amounts,
            case when own.margin_kind != {{ past_margin_kind() }} then own.margin_amounts end
        ) as margin_amounts,
        as_of_dates.is_tonight,
        case
            when frozen.as_of_date is not null then frozen.as_of_date
            when own.margin_kind != {{ past_margin_kind() }} then own.as_of_date
        end as set_date,
        as_of_dates.as_of_date
    from as_of_dates
    inner join boundaries as own on as_of_dates.as_of_date = own.as_of_date
    left join boundaries as frozen
        on as_of_dates.boundaries_set_date = frozen.as_of_date and own.margin_kind = frozen.margin_kind
    where own.is_ranked_by

)

select * from limits
