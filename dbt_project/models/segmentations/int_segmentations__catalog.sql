-- One row per scheme and segment: the catalogue, the segments that models found and named tonight, and those that
-- follow from the data (one per category or need) or that tessera.yml writes as rules.
{% set quoted_schemes = "'" ~ var('schemes') | join("', '") ~ "'" %}

with segment_catalog as (

    select * from {{ ref('segment_catalog') }}

),

combined as (

    select
        scheme,
        segment_code,
        segment_name,
        description,
        rule,
        display_order,
        colour,
        owner
    from segment_catalog
    where scheme in ({{ quoted_schemes }})
    {% for scheme in var('model_schemes') %}
    union all
    select
        '{{ scheme }}' as scheme,
        segment_code,
        segment_name,
        description,
        rule,
        display_order,
        colour,
        'data science' as owner -- noqa: RF04
    from {{ source('ml', 'ml_segments__' ~ scheme) }}
    {%- endfor %}
    {% for scheme in var('derived_schemes') %}
    union all
    select
        '{{ scheme }}' as scheme,
        segment_code,
        segment_name,
        description,
        rule,
        display_order,
        colour,
        owner
    from {{ ref('int_segments__' ~ scheme) }}
    {%- endfor %}
    {%- for scheme in var('custom_schemes') %}
    {%- for segment in scheme.segments %}
    union all
    select
        '{{ scheme.scheme }}' as scheme,
        '{{ segment.segment_code }}' as segment_code,
        {{ sql_text(segment.segment_name) }} as segment_name,
        {{ sql_text(segment.description) }} as description,
        {{ sql_text(segment.rule) }} as rule,
        {{ segment.display_order }} as display_order,
        '{{ segment.colour }}' as colour,
        {{ sql_text(segment.owner) }} as owner
    {%- endfor %}
    {%- endfor %}

)

select * from combined
