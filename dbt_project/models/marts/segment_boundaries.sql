-- One row per scheme, boundary, its place and the date on which it was set: the frozen limits between segments that
-- were learned from the data. What is fixed in the settings is no boundary. Every scheme lists its own, as every
-- evaluated date would set them, in a model int_boundaries__<scheme>; in force are only those of dates that did set
-- boundaries, and those of tonight where the scheme says that tonight goes by its own.
with as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

set_dates as (

    select
        boundaries_set_date,
        bool_or(is_tonight) as is_in_force
    from as_of_dates
    group by boundaries_set_date

),

-- A scheme whose limits hold for some dates only says itself whether tonight goes by them; the others leave it out.
listed as (

    select
        cast(null as varchar) as scheme,
        cast(null as varchar) as boundary_name,
        cast(null as varchar) as description,
        cast(null as varchar) as unit,
        cast(null as integer) as boundary_number,
        cast(null as double) as boundary_value,
        cast(null as boolean) as is_in_force,
        cast(null as date) as as_of_date
    where false
    {% for scheme in var('bounded_schemes') -%}
    union all by name
    select
        '{{ scheme }}' as scheme,
        *
    from {{ ref('int_boundaries__' ~ scheme) }}
    {% endfor %}
),

boundaries as (

    select
        listed.scheme,
        listed.boundary_name,
        listed.description,
        listed.unit,
        listed.boundary_number,
        listed.boundary_value,
        coalesce(listed.is_in_force, set_dates.is_in_force) as is_in_force,
        listed.as_of_date as boundaries_set_date
    from listed
    left join set_dates on listed.as_of_date = set_dates.boundaries_set_date
    where set_dates.boundaries_set_date is not null or listed.is_in_force

)

select * from boundaries
