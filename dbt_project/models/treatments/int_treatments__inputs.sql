-- One row per customer: everything that rules of the treatment policy may ask, what customers are ranked by where not
-- all can have an option, and how often they were contacted of late. A view: the choices and their reasons read it,
-- each some of its columns.
{{ config(materialized='view') }}
{% set policy = var('treatment_policy') %}
{% set lifts = policy.get('lifts', []) %}
{% set fatigue_days = policy.get('fatigue_days', []) %}

with customers as (

    select * from {{ ref('int_customers__tonight') }}

),

next_best as (

    select * from {{ ref('int_treatments__next_best') }}

),

campaign_exposures as (

    select * from {{ ref('int_identity__campaign_exposures') }}

),

contacts as (

    select
        {% for days in fatigue_days -%}
        count(*) filter (where assigned_date > {{ tonight() }} - {{ days }}) as contact_{{ days }}d_count,
        {% endfor -%}
        customer_id
    from campaign_exposures
    where arm = 'treatment' and assigned_date <= {{ tonight() }} and assigned_date > {{ tonight() }} - 365
    group by customer_id

),

-- Where nothing is foretold, the margin of the last year stands for that of the next, and nobody is taken to return.
inputs as (

    select
        customers.*,
        next_best.next_best_category_code,
        next_best.has_bundle,
        customers.margin_365d_amount as margin_365d,
        coalesce(customers.expected_margin_365d_amount, customers.margin_365d_amount) as expected_margin,
        cast(
            (1 - coalesce(customers.p_return_90d, 0))
            * coalesce(customers.expected_margin_365d_amount, customers.margin_365d_amount)
            as decimal(18, 2)
        ) as margin_at_risk,
        {% for days in fatigue_days -%}
        coalesce(contacts.contact_{{ days }}d_count, 0) as contact_{{ days }}d_count,
        {% endfor -%}
        {{ measured_gain(lifts) if lifts else 'cast(null as decimal(18, 2))' }} as measured_gain
    from customers
    inner join next_best on customers.customer_id = next_best.customer_id
    left join contacts on customers.customer_id = contacts.customer_id

)

select * from inputs -- noqa: AM04
