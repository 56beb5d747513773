-- One row per level, category, method and metric: how far forecasts from earlier months were off. Categories as the
-- forecaster judged them, and for every scheme whether shares of the category's forecast or each segment's own month of
-- the year before came nearer. Sums are of decimals, so row order has no say.
with backtest as (

    select * from {{ source('ml', 'ml_demand__backtest') }}

),

segment_errors as (

    select * from {{ ref('int_demand__segment_errors') }}
    where scheme <> 'all'

),

-- Both on the same cells; only shares where no month's membership of a year before is known.
comparable as (

    select *
    from segment_errors
    qualify
        own_year_before_units_count is not null
        or count(own_year_before_units_count) over (partition by scheme) = 0

),

by_method as (

    {% for method, column in [
        ('top_down', 'expected_units_count'), ('same_month_last_year', 'own_year_before_units_count')
    ] -%}
    select
        scheme,
        '{{ method }}' as method, -- noqa: RF04
        {{ ratio(
            'sum(cast(abs(' ~ column ~ ' - actual_units_count) as decimal(38, 6)))',
            'sum(cast(actual_units_count as decimal(38, 6)))'
        ) }} as weighted_absolute_percentage_error,
        {{ ratio(
            'sum(cast(' ~ column ~ ' - actual_units_count as decimal(38, 6)))',
            'sum(cast(actual_units_count as decimal(38, 6)))'
        ) }} as bias_share,
        count(*) as n,
        count(distinct origin_date) as origins_count
    from comparable
    where {{ column }} is not null
    group by scheme
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}

),

with_the_other as (

    select
        *,
        max(weighted_absolute_percentage_error) filter (where method = 'top_down') over each_scheme as top_down_error,
        max(weighted_absolute_percentage_error) filter (where method <> 'top_down') over each_scheme as other_error
    from by_method
    window each_scheme as (partition by scheme)

),

of_segments as (

    {% for metric in ['weighted_absolute_percentage_error', 'bias_share'] -%}
    select
        scheme as level, -- noqa: RF04
        'all categories' as category_code,
        method,
        '{{ metric }}' as metric,
        case when method <> 'top_down' then 'Not published: ' else '' end
        || 'Shares of the category''s forecast, which add up to it, were off by '
        || printf('%.1f', 100 * top_down_error) || ' % of the units'
        || coalesce(
            '; each segment''s own month of the year before by ' || printf('%.1f', 100 * other_error) || ' %', ''
        ) || '.' as reason,
        {{ metric }} as metric_value,
        n as forecasts_count,
        origins_count,
        method = 'top_down' as is_published
    from with_the_other
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}

),

demand_backtest as (

    select
        level,
        category_code,
        method,
        metric,
        reason,
        metric_value,
        cast(forecasts_count as bigint) as forecasts_count,
        cast(origins_count as bigint) as origins_count,
        is_published,
        {{ tonight() }} as as_of_date
    from backtest
    union all
    select
        level,
        category_code,
        method,
        metric,
        reason,
        metric_value,
        cast(forecasts_count as bigint) as forecasts_count,
        cast(origins_count as bigint) as origins_count,
        is_published,
        {{ tonight() }} as as_of_date
    from of_segments

)

select * from demand_backtest
