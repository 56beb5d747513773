-- One row per boundary of the lifecycle scheme and date on which it was set: how much slower than the reference the
-- company's customers buy, and the day limits that follow for those without a rhythm of their own.
{{ config(enabled='lifecycle' in var('schemes')) }}
{% set limits = {
    'active': 'lifecycle_active_days',
    'cooling': 'lifecycle_cooling_days',
    'at_risk': 'lifecycle_at_risk_days',
    'highly_at_risk': 'lifecycle_highly_at_risk_days',
} %}

with limits as (

    select * from {{ ref('int_lifecycle__limits') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

set_dates as (

    select distinct boundaries_set_date
    from as_of_dates

),

in_force as (

    select
        limits.company_scale,
        set_dates.boundaries_set_date
    from set_dates
    inner join limits on set_dates.boundaries_set_date = limits.as_of_date

),

boundaries as (

    select
        'company_scale' as boundary_name,
        'How many times slower than the reference company the customers buy' as description,
        'times' as unit,
        1 as boundary_number,
        cast(company_scale as double) as boundary_value,
        boundaries_set_date
    from in_force
    union all
    select
        'new_days' as boundary_name,
        'Days since the first order up to which a customer is new' as description,
        'days' as unit,
        1 as boundary_number,
        cast({{ var('new_customer_days') }} * company_scale as double) as boundary_value,
        boundaries_set_date
    from in_force
    {% for segment, limit in limits.items() -%}
    union all
    select
        '{{ segment }}_days' as boundary_name,
        'Days of silence up to which a customer with one order is {{ segment | replace("_", " ") }}' as description,
        'days' as unit,
        1 as boundary_number,
        cast({{ var(limit) }} * company_scale as double) as boundary_value,
        boundaries_set_date
    from in_force
    {% endfor %}
)

select * from boundaries
