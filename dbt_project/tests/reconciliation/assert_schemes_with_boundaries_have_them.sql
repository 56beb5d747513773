-- A scheme whose boundaries are learned from the data, and that gives anybody a segment tonight, tells which are in
-- force.
{% set quoted_schemes = "'" ~ var('bounded_schemes') | join("', '") ~ "'" %}

with schemes as (

    select scheme
    from {{ ref('segmentation_schemes') }}
    where status = 'available' and scheme in ({{ quoted_schemes }})

),

in_force as (

    select distinct scheme
    from {{ ref('segment_boundaries') }}
    where is_in_force

),

without as (

    select schemes.scheme
    from schemes
    left join in_force on schemes.scheme = in_force.scheme
    where in_force.scheme is null

)

select * from without
