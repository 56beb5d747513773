-- One row per scheme, boundary, its place and the date on which it was set: the frozen limits between segments that were
-- learned from the data. What is fixed in the settings is no boundary. Every scheme lists its own in a model
-- int_boundaries__<scheme>.
with as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

tonight as (

    select boundaries_set_date
    from as_of_dates
    where is_tonight

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
        boundaries_set_date
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
        cast(null as date) as boundaries_set_date
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
        listed.boundaries_set_date = tonight.boundaries_set_date as is_in_force,
        listed.boundaries_set_date
    from listed
    cross join tonight

)

select * from boundaries
