-- One row per scheme, segment, category and month: what the segment bought and, of months that are not over, what it is
-- expected to buy. The forecast of a category is divided among the segments by their shares, so that the segments of a
-- scheme add up to the category. Money, orders and customers of a cell with too few customers are not told; units are,
-- as they are what has to be held in stock, and add up.
with segment_months as (

    select * from {{ ref('int_demand__segment_months') }}

),

shares as (

    select * from {{ ref('int_demand__shares') }}

),

segment_errors as (

    select * from {{ ref('int_demand__segment_errors') }}

),

forecasts as (

    select * from {{ source('ml', 'ml_demand__forecasts') }}

),

seasons as (

    select * from {{ source('ml', 'ml_demand__seasons') }}

),

segment_catalog as (

    select * from {{ ref('int_segmentations__catalog') }}

),

category_months as (

    select * from {{ ref('int_purchases__category_months') }}

),

categories as (

    select
        category_code,
        coalesce(min(category), 'Without a category') as category_name
    from category_months
    group by category_code

),

-- How far segments' parts of what the category really sold were off: their variance as a multiple of the units. Sums
-- are of decimals, so row order has no say.
share_errors as (

    select
        scheme,
        {{ ratio(
            'sum(cast(power(actual_units_count - shared_units_count, 2) as decimal(38, 6)))',
            'sum(cast(shared_units_count as decimal(38, 6)))'
        ) }} as variance_ratio
    from segment_errors
    group by scheme

),

-- A segment's forecast errs with the category's and with the segment's share of it.
expected as (

    select
        shares.scheme,
        shares.segment_code,
        shares.category_code,
        forecasts.method,
        forecasts.reason,
        shares.units_share * forecasts.expected_units_count as expected_units_count,
        sqrt(
            power(shares.units_share * forecasts.spread_units_count, 2)
            + share_errors.variance_ratio * shares.units_share * forecasts.expected_units_count
        ) as spread_units_count,
        forecasts.interval_factor,
        case when forecasts.is_next_month then forecasts.service_factor end as service_factor,
        forecasts.month_date
    from forecasts
    inner join shares
        on
            forecasts.category_code = shares.category_code
            and forecasts.last_whole_month_date = shares.origin_date
    left join share_errors on shares.scheme = share_errors.scheme

),

last_month as (

    select
        scheme,
        min(month_date) as first_month_date,
        max(month_date) as last_month_date
    from segment_months
    where is_whole
    group by scheme

),

growth as (

    select
        segment_months.scheme,
        segment_months.segment_code,
        segment_months.category_code,
        {{ ratio(
            'sum(segment_months.units_count) filter (
                where segment_months.month_date > last_month.last_month_date - interval 3 month
            )',
            'sum(segment_months.units_count) filter (
                where
                segment_months.month_date > last_month.last_month_date - interval 15 month
                and segment_months.month_date <= last_month.last_month_date - interval 12 month
            )'
        ) }} - 1 as growth_year_share
    from segment_months
    inner join last_month on segment_months.scheme = last_month.scheme
    where
        segment_months.is_whole
        and last_month.first_month_date <= last_month.last_month_date - interval 14 month
    group by segment_months.scheme, segment_months.segment_code, segment_months.category_code

),

months as (

    select
        coalesce(segment_months.scheme, expected.scheme) as scheme,
        coalesce(segment_months.segment_code, expected.segment_code) as segment_code,
        coalesce(segment_months.category_code, expected.category_code) as category_code,
        expected.method,
        expected.reason,
        segment_months.units_count,
        segment_months.orders_count,
        segment_months.customers_count,
        segment_months.net_sales_amount,
        expected.expected_units_count,
        greatest(
            0, coalesce(segment_months.units_count, 0),
            expected.expected_units_count - expected.interval_factor * expected.spread_units_count
        ) as expected_units_low,
        greatest(
            coalesce(segment_months.units_count, 0),
            expected.expected_units_count + expected.interval_factor * expected.spread_units_count
        ) as expected_units_high,
        expected.spread_units_count,
        expected.service_factor * expected.spread_units_count as safety_stock_units_count,
        expected.expected_units_count is not null as is_forecast,
        coalesce(segment_months.is_whole, false) as is_month_over,
        coalesce(segment_months.month_date, expected.month_date) as month_date
    from segment_months
    full outer join expected
        on
            segment_months.scheme = expected.scheme
            and segment_months.segment_code = expected.segment_code
            and segment_months.category_code = expected.category_code
            and segment_months.month_date = expected.month_date

),

category_demand as (

    select
        months.scheme,
        months.segment_code,
        months.category_code,
        case months.segment_code
            when 'all' then 'Everybody'
            when 'new_in_month' then 'Came in the month'
            when 'no_customer' then 'Nobody known'
            when 'other' then 'Other (small segments)'
            else coalesce(segment_catalog.segment_name, months.segment_code)
        end as segment_name,
        categories.category_name,
        months.method,
        months.reason,
        cast(months.units_count as decimal(18, 2)) as units_count,
        {% for column, type in [
            ('orders_count', 'bigint'), ('customers_count', 'bigint'), ('net_sales_amount', 'decimal(18, 2)')
        ] -%}
        cast(
            case
                when months.customers_count not between 1 and {{ var('minimum_cell_customers') - 1 }} then months.{{
                column }}
            end as {{ type }}
        ) as {{ column }},
        {% endfor -%}
        months.expected_units_count,
        case when months.spread_units_count is not null then months.expected_units_low end as expected_units_low,
        case when months.spread_units_count is not null then months.expected_units_high end as expected_units_high,
        months.safety_stock_units_count,
        months.expected_units_count + months.safety_stock_units_count as units_to_hold_count,
        case when months.is_forecast then growth.growth_year_share end as growth_year_share,
        seasons.seasonal_index,
        months.is_forecast,
        months.is_month_over,
        months.month_date,
        {{ tonight() }} as as_of_date
    from months
    left join categories on months.category_code = categories.category_code
    left join segment_catalog
        on months.scheme = segment_catalog.scheme and months.segment_code = segment_catalog.segment_code
    left join growth
        on
            months.scheme = growth.scheme
            and months.segment_code = growth.segment_code
            and months.category_code = growth.category_code
    left join seasons
        on months.category_code = seasons.category_code and month(months.month_date) = seasons.calendar_month

)

select * from category_demand
