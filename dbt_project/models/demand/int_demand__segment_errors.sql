-- One row per scheme, segment, category, month from which a forecast was tried and month that it was of: what top-down
-- shares would have expected of the segment, what the segment's own month of the year before says (bottom-up; null
-- where that month's membership is not known), and what it bought. With the segment's share of what the category really
-- sold, which tells the errors of shares from those of the category's forecast.
with errors as (

    select * from {{ source('ml', 'ml_demand__errors') }}

),

shares as (

    select * from {{ ref('int_demand__shares') }}

),

segment_months as (

    select * from {{ ref('int_demand__segment_months') }}

),

known_months as (

    select
        scheme,
        min(month_date) as first_month_date
    from segment_months
    group by scheme

),

told as (

    select distinct
        scheme,
        origin_date
    from shares

),

-- Segments that had bought before, and those that did only then.
cells as (

    select
        shares.scheme,
        shares.segment_code,
        errors.category_code,
        errors.months_ahead,
        errors.origin_date,
        errors.month_date
    from errors
    inner join shares on errors.category_code = shares.category_code and errors.origin_date = shares.origin_date
    union
    select
        segment_months.scheme,
        segment_months.segment_code,
        errors.category_code,
        errors.months_ahead,
        errors.origin_date,
        errors.month_date
    from errors
    inner join segment_months
        on errors.category_code = segment_months.category_code and errors.month_date = segment_months.month_date
    inner join told
        on segment_months.scheme = told.scheme and errors.origin_date = told.origin_date

),

segment_errors as (

    select
        cells.scheme,
        cells.segment_code,
        cells.category_code,
        cells.months_ahead,
        coalesce(shares.units_share, 0) * errors.expected_units_count as expected_units_count,
        coalesce(shares.units_share, 0) * errors.actual_units_count as shared_units_count,
        case
            when cells.month_date - interval 1 year >= known_months.first_month_date
                then coalesce(cast(year_before.units_count as double), 0)
        end as own_year_before_units_count,
        coalesce(cast(actual.units_count as double), 0) as actual_units_count,
        cells.origin_date,
        cells.month_date
    from cells
    inner join errors
        on
            cells.category_code = errors.category_code
            and cells.origin_date = errors.origin_date
            and cells.month_date = errors.month_date
    inner join known_months on cells.scheme = known_months.scheme
    left join shares
        on
            cells.scheme = shares.scheme
            and cells.segment_code = shares.segment_code
            and cells.category_code = shares.category_code
            and cells.origin_date = shares.origin_date
    left join segment_months as actual
        on
            cells.scheme = actual.scheme
            and cells.segment_code = actual.segment_code
            and cells.category_code = actual.category_code
            and cells.month_date = actual.month_date
    left join segment_months as year_before
        on
            cells.scheme = year_before.scheme
            and cells.segment_code = year_before.segment_code
            and cells.category_code = year_before.category_code
            and cells.month_date - interval 1 year = year_before.month_date

)

select * from segment_errors
