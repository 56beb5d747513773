-- One row per segment of the scheme combined: every cell of the cross of its two schemes that somebody was in on any
-- evaluated date, so that each stay of the past has its name. No rows while no cross has earned its place.
{{ config(materialized='table') }}
{% set pair = var('combined_pair') -%}
{% set colours = [
    '#0b6e4f', '#4895ef', '#f4a261', '#9b5de5', '#2a9d8f', '#e76f51', '#577590', '#f4d35e', '#b5838d', '#76c893',
    '#bc6c25', '#90be6d'
] -%}
{% if model.resource_type != 'unit_test' -%}
{% for scheme in var('derived_schemes') if scheme in combinable_schemes() -%}
{% do ref('int_segments__' ~ scheme) -%}
{% endfor -%}
{% endif -%}

with segment_catalog as (

    select * from {{ ref('segment_catalog') }}

),

assignments as (

    select * from {{ ref('seg_customers__combined') }}

),

given_codes as (

    select distinct segment_code
    from assignments

),

first_segments as (

    {{ segments_of_scheme(pair[0] if pair else '') }}

),

second_segments as (

    {{ segments_of_scheme(pair[1] if pair else '') }}

),

crossed as (

    select
        {{ crossed_segment('first_segments.segment_code', 'second_segments.segment_code') }} as segment_code,
        first_segments.segment_name || ' x ' || second_segments.segment_name as segment_name,
        first_segments.description || '. ' || second_segments.description as description,
        first_segments.rule || '; and ' || second_segments.rule as rule, -- noqa: RF04
        first_segments.display_order as first_display_order,
        second_segments.display_order as second_display_order,
        first_segments.owner -- noqa: RF04
    from first_segments
    cross join second_segments

),

numbered as (

    select
        crossed.*,
        cast(row_number() over (
            order by crossed.first_display_order asc, crossed.second_display_order asc, crossed.segment_code asc
        ) as integer) as display_order
    from crossed
    inner join given_codes on crossed.segment_code = given_codes.segment_code
    -- The seed has these.
    where {{ is_placed('crossed.segment_code') }}

),

segments as (

    select
        segment_code,
        segment_name,
        description,
        rule,
        display_order,
        [
            {% for colour in colours -%}
            '{{ colour }}'{{ ',' if not loop.last }}
            {% endfor %}
        ][(display_order - 1) % {{ colours | length }} + 1] as colour,
        owner
    from numbered

)

select * from segments
