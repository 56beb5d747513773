-- One row per customer as of tonight: the value of every trait and the segment in every scheme by their numbers, 0
-- where there is none. A table of small numbers, because of these DuckDB knows the least and the greatest, and so
-- counts them in arrays instead of hash tables.
{{ config(materialized='customer_parts') }}
{% set traits = customer_traits() | map(attribute='trait') | list %}
{% set custom_schemes = var('custom_schemes') | map(attribute='scheme') | list %}

with customers as (

    select * from {{ ref('int_customers__tonight') }}
    where {{ customers_of_part() }}

),

traits as (

    select * from {{ ref('int_traits__customers') }}
    where {{ customers_of_part() }}

),

value_numbers as (

    select * from {{ ref('int_traits__value_numbers') }}

),

segment_numbers as (

    select * from {{ ref('int_traits__segment_numbers') }}

),

numbered as (

    select
        customers.customer_id,
        {% for scheme in var('schemes') + custom_schemes -%}
        coalesce({{ scheme }}_segments.segment_number, 0) as {{ scheme }}_segment_number,
        {% endfor -%}
        {% for trait in traits -%}
        coalesce({{ trait }}_values.value_number, 0) as {{ trait }}_value_number,
        {% endfor -%}
        customers.as_of_date
    from customers
    inner join traits on customers.customer_id = traits.customer_id
    {% for scheme in var('schemes') + custom_schemes -%}
    {% set code = "custom_segment_codes['" ~ scheme ~ "']" if scheme in custom_schemes else scheme ~ '_segment_code' -%}
    left join segment_numbers as {{ scheme }}_segments
        on {{ scheme }}_segments.scheme = '{{ scheme }}' and customers.{{ code }} = {{ scheme }}_segments.segment_code
    {% endfor -%}
    {% for trait in traits -%}
    left join value_numbers as {{ trait }}_values
        on {{ trait }}_values.trait = '{{ trait }}' and traits.{{ trait }} = {{ trait }}_values.trait_value
    {% endfor %}
)

select * from numbered
