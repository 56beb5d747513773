-- One row per trait and value that occurs tonight, numbered: numbers are counted many times as fast as words.
{% set traits = customer_traits() %}

with traits as (

    select * from {{ ref('int_traits__customers') }}

),

trait_values as (

    {% for trait in traits -%}
    select distinct
        '{{ trait.trait }}' as trait,
        {{ trait.trait }} as trait_value
    from traits
    where {{ trait.trait }} is not null
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}

),

numbered as (

    select
        trait,
        trait_value,
        cast(row_number() over (partition by trait order by trait_value asc) as usmallint) as value_number
    from trait_values

)

select * from numbered
