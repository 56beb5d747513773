-- A scheme whose boundaries are learned from the data, and that parts the customers tonight, tells which are in force.
-- Where nobody bought within the window everybody is in one segment, and there is nothing to learn a limit from.
{% set quoted_schemes = "'" ~ var('bounded_schemes') | join("', '") ~ "'" %}

with schemes as (

    select scheme
    from {{ ref('int_segmentations__assignments') }}
    where
        as_of_date = {{ tonight() }}
        and segment_code <> 'unknown'
        and scheme in ({{ quoted_schemes }})
    group by scheme
    having count(distinct segment_code) > 1

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
