-- One row per segment of the scheme benefits that comes from the data: one per choice that was somebody's latest one on
-- an evaluated date. The seed has the customers who were never asked.
{{ config(enabled='benefits' in var('schemes')) }}
{% set colours = [
    '#0b6e4f', '#4895ef', '#f4d35e', '#9b5de5', '#e76f51', '#2a9d8f', '#d62828', '#76c893', '#f6bd60', '#90caf9',
] %}

with survey_answers as (

    select * from {{ ref('feat_customers__survey_answers') }}

),

choices as (

    select
        {{ segment_slug('stated_benefit') }} as segment_code,
        min(stated_benefit) as choice
    from survey_answers
    where stated_benefit is not null
    group by {{ segment_slug('stated_benefit') }}

),

numbered as (

    select
        *,
        cast(row_number() over (order by segment_code asc) as integer) as display_order
    from choices
    -- A choice called unknown is the segment that the seed has.
    where segment_code <> 'unknown'

),

segments as (

    select
        segment_code,
        choice as segment_name,
        'Says to buy for this: ' || choice as description,
        'chose "' || choice || '" in the latest answer on what they buy for;'
        || ' answers count for {{ var('benefits_maximum_age_days') }} days' as rule, -- noqa: RF04
        display_order,
        list_extract({{ colours }}, (display_order - 1) % {{ colours | length }} + 1) as colour,
        'marketing' as owner -- noqa: RF04
    from numbered

)

select * from segments
