-- One row per customer, scheme that rules decide and evaluated date: the segment beside that of the evaluated date
-- before; null before for a customer who had not been known. Kept by date, because a step between two past dates only
-- changes when one of them does. One join a scheme: customers alone are a shorter key than customers and schemes.
{% set schemes = (var('schemes') | reject('in', var('model_schemes')) | list)
    + (var('custom_schemes') | map(attribute='scheme') | list) %}
{{ config(materialized='as_of_history', meta={'rows_per_customer': [schemes | length, 1] | max}) }}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

assignments as (

    select * from {{ ref('int_segmentations__assignments') }}
    where {{ computed_now() }}

),

assignments_before as (

    select * from {{ ref('int_segmentations__assignments') }}
    where as_of_date in (select as_of_dates.previous_as_of_date from as_of_dates)

),

{% for scheme in schemes -%}
{{ scheme }}_steps as (

    select
        assignments.customer_id,
        assignments.scheme,
        assignments_before.segment_code as from_segment_code,
        assignments.segment_code as to_segment_code,
        assignments.segment_code_on_previous_boundaries,
        assignments.score,
        assignments.confidence,
        assignments.as_of_date
    from assignments
    inner join as_of_dates on assignments.as_of_date = as_of_dates.as_of_date
    left join assignments_before
        on
            assignments.customer_id = assignments_before.customer_id
            and as_of_dates.previous_as_of_date = assignments_before.as_of_date
            and assignments_before.scheme = '{{ scheme }}'
    where assignments.scheme = '{{ scheme }}'

),

{% endfor -%}
steps as (

    {% for scheme in schemes -%}
    select * from {{ scheme }}_steps
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor %}
)

select * from steps
