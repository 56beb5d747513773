-- One row per scheme, segment, category and month as of which it is asked: the part of the category's units that the
-- segment is expected to buy afterwards. It is the part in the last demand_share_months whole months, drawn to the
-- segment's part of all categories in twelve, as if demand_share_prior_units more had been sold in that proportion; so
-- the parts of a category add up to 1. As of tonight's last whole month, and of every month from which forecasts were
-- tried.
with segment_months as (

    select * from {{ ref('int_demand__segment_months') }}
    where is_whole

),

origins as (

    select last_whole_month_date as origin_date
    from {{ source('ml', 'ml_demand__forecasts') }}
    union
    select origin_date
    from {{ source('ml', 'ml_demand__errors') }}

),

categories as (

    select distinct
        scheme,
        category_code
    from segment_months

),

of_segments as (

    select
        segment_months.scheme,
        segment_months.segment_code,
        sum(segment_months.units_count) as units_count,
        origins.origin_date
    from segment_months
    inner join origins
        on
            segment_months.month_date <= origins.origin_date
            and segment_months.month_date > origins.origin_date - interval 12 month
    group by segment_months.scheme, segment_months.segment_code, origins.origin_date

),

with_parts as (

    select
        *,
        {{ ratio('units_count', 'sum(units_count) over (partition by scheme, origin_date)') }} as part_of_all
    from of_segments

),

recent as (

    select
        segment_months.scheme,
        segment_months.segment_code,
        segment_months.category_code,
        sum(segment_months.units_count) as units_count,
        origins.origin_date
    from segment_months
    inner join origins
        on
            segment_months.month_date <= origins.origin_date
            and segment_months.month_date
            > origins.origin_date - to_months({{ var('demand_share_months') }})
    group by
        segment_months.scheme, segment_months.segment_code, segment_months.category_code, origins.origin_date

),

grid as (

    select
        with_parts.scheme,
        with_parts.segment_code,
        categories.category_code,
        with_parts.part_of_all,
        coalesce(recent.units_count, 0) as units_count,
        with_parts.origin_date
    from with_parts
    inner join categories on with_parts.scheme = categories.scheme
    left join recent
        on
            with_parts.scheme = recent.scheme
            and with_parts.segment_code = recent.segment_code
            and categories.category_code = recent.category_code
            and with_parts.origin_date = recent.origin_date

),

shares as (

    select
        scheme,
        segment_code,
        category_code,
        {{ ratio(
            'units_count + ' ~ var('demand_share_prior_units') ~ ' * part_of_all',
            'sum(units_count) over (partition by scheme, category_code, origin_date) + '
            ~ var('demand_share_prior_units')
        ) }} as units_share,
        origin_date
    from grid
    where part_of_all is not null

)

select * from shares
