-- One row per scheme that a model decides, segment, category and evaluated date: as int_demand__kept_segment_months,
-- but counted anew every night, as tonight's model labels the older dates too. Without rows where demand_schemes names
-- none.
{% set schemes = var('demand_schemes') | select('in', var('model_schemes')) | list %}
{{ config(enabled=schemes | length > 0) }}

with {{ demand_by_segment(schemes, 'true') }},

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

)

select * from by_segment
