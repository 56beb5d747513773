-- One row per boundary of the lifecycle scheme and as_of_date: how much slower than the reference the company's
-- customers buy, and the day limits that follow for those without a rhythm of their own.
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

boundaries as (

    select
        'company_scale' as boundary_name,
        'How many times slower than the reference company the customers buy' as description,
        'times' as unit,
        1 as boundary_number,
        cast(company_scale as double) as boundary_value,
        as_of_date
    from limits
    union all
    select
        'new_days' as boundary_name,
        'Days since the first order up to which a customer is new' as description,
        'days' as unit,
        1 as boundary_number,
        cast({{ var('new_customer_days') }} * company_scale as double) as boundary_value,
        as_of_date
    from limits
    {% for segment, limit in limits.items() -%}
    union all
    select
        '{{ segment }}_days' as boundary_name,
        'Days of silence up to which a customer with one order is {{ segment | replace("_", " ") }}' as description,
        'days' as unit,
        1 as boundary_number,
        cast({{ var(limit) }} * company_scale as double) as boundary_value,
        as_of_date
    from limits
    {% endfor %}
)

select * from boundaries
