-- One row per scheme and segment: the catalogue, and the segments that models found and named tonight.
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
        display_order,
        colour,
        'data science' as owner
    from {{ source('ml', 'ml_segments__' ~ scheme) }}
    {%- endfor %}

)

select * from combined
