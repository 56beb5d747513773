-- One row per scheme, segment, category and evaluated date: what the segment bought in the month of the date, up to it,
-- by the membership of the month's start; scheme "all" has everybody in one segment. Schemes that a model decides are
-- not in it, because tonight's model labels the older dates too. Kept by date: a month that is over is counted once.
{{ config(materialized='as_of_history') }}
{% set schemes = var('demand_schemes') | reject('in', var('model_schemes')) | list %}

with {{ demand_by_segment(schemes, computed_now(inputs='int_predictions__inputs')) }},

by_segment as (

    select
        scheme,
        segment_code,
        category_code,
        {{ demand_sums() }},
        previous_as_of_date as membership_as_of_date,
        as_of_date
    from labelled
    group by scheme, segment_code, category_code, previous_as_of_date, as_of_date
    union all
    select
        'all' as scheme,
        'all' as segment_code,
        category_code,
        {{ demand_sums() }},
        previous_as_of_date as membership_as_of_date,
        as_of_date
    from customer_months
    group by category_code, previous_as_of_date, as_of_date

)

select * from by_segment
