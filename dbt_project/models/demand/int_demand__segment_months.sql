-- One row per scheme, segment, category and month: what the segment bought, under the code by which it may be shown
-- (segments under the privacy limit are folded into "other"). The month of tonight may not be over.
{% set has_model_schemes = var('demand_schemes') | select('in', var('model_schemes')) | list | length > 0 %}

with folds as (

    select * from {{ ref('int_segmentations__folds') }}

),

counted as (

    select * from {{ ref('int_demand__kept_segment_months') }}
    {% if has_model_schemes -%}
    union all
    select * from {{ ref('int_demand__model_segment_months') }}
    {%- endif %}

),

segment_months as (

    select
        counted.scheme,
        coalesce(folds.reported_segment_code, counted.segment_code) as segment_code,
        counted.category_code,
        min(counted.category) as category,
        sum(counted.units_count) as units_count,
        cast(sum(counted.orders_count) as bigint) as orders_count,
        cast(sum(counted.customers_count) as bigint) as customers_count,
        sum(counted.net_sales_amount) as net_sales_amount,
        counted.as_of_date = last_day(counted.as_of_date) as is_whole,
        cast(date_trunc('month', counted.as_of_date) as date) as month_date
    from counted
    left join folds
        on
            counted.scheme = folds.scheme
            and counted.segment_code = folds.segment_code
            and counted.membership_as_of_date = folds.as_of_date
    group by
        counted.scheme,
        coalesce(folds.reported_segment_code, counted.segment_code),
        counted.category_code,
        counted.as_of_date

)

select * from segment_months
