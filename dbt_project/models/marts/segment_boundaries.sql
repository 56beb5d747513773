-- One row per scheme, boundary, its place and the date on which it was set: the frozen limits between segments that were
-- learned from the data. What is fixed in the settings is no boundary. Every scheme lists its own, as every evaluated
-- date would set them, in a model int_boundaries__<scheme>; in force are only those of dates that did set boundaries.
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

listed as (

    {% for scheme in var('bounded_schemes') -%}
    select
        '{{ scheme }}' as scheme,
        boundary_name,
        description,
        unit,
        boundary_number,
        boundary_value,
        as_of_date
    from {{ ref('int_boundaries__' ~ scheme) }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% else -%}
    select
        cast(null as varchar) as scheme,
        cast(null as varchar) as boundary_name,
        cast(null as varchar) as description,
        cast(null as varchar) as unit,
        cast(null as integer) as boundary_number,
        cast(null as double) as boundary_value,
        cast(null as date) as as_of_date
    where false
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
        set_dates.is_in_force,
        set_dates.boundaries_set_date
    from listed
    inner join set_dates on listed.as_of_date = set_dates.boundaries_set_date

)

select * from boundaries
