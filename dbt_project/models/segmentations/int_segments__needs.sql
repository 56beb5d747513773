-- One row per segment of the scheme needs that comes from the data: one per construct that was somebody's strongest
-- need on an evaluated date. The seed has those that do not depend on what was asked. None on a night whose model found
-- classes of needs, which are the segments then.
{{ config(enabled='needs' in var('schemes')) }}
{% set colours = [
    '#0b6e4f', '#4895ef', '#f4d35e', '#9b5de5', '#e76f51', '#2a9d8f', '#d62828', '#76c893', '#f6bd60', '#90caf9',
] %}

with survey_answers as (

    select * from {{ ref('feat_customers__survey_answers') }}

),

found_segments as (

    select * from {{ source('ml', 'ml_segments__needs') }}

),

constructs as (

    select
        {{ segment_slug('strongest_need') }} as segment_code,
        min(trim(replace(strongest_need, '_', ' '))) as construct
    from survey_answers
    where strongest_need is not null
    group by {{ segment_slug('strongest_need') }}

),

numbered as (

    select
        *,
        cast(row_number() over (order by segment_code asc) as integer) as display_order
    from constructs
    where segment_code not in ('unknown', 'no_clear_need') and not exists (select 1 from found_segments)

),

segments as (

    select
        segment_code,
        upper(left(construct, 1)) || substr(construct, 2) || ' first' as segment_name,
        'Agrees with statements on ' || construct || ' more than with any others' as description,
        'the strongest need of the latest answers is ' || construct
        || ', ahead of the second by {{ var('needs_minimum_lead') }} of the scale or more;'
        || ' answers count for {{ var('needs_maximum_age_days') }} days' as rule, -- noqa: RF04
        display_order,
        list_extract({{ colours }}, (display_order - 1) % {{ colours | length }} + 1) as colour,
        'marketing' as owner -- noqa: RF04
    from numbered

)

select * from segments
