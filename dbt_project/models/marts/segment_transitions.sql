-- One row per scheme, pair of segments and evaluated date: how many customers went from one to the other since the
-- evaluated date before, and what they were worth before and after; those who stayed and those who had just become
-- known ("entered") included, so that the sums equal the memberships. A move is the boundary's when the customer,
-- measured with the boundaries in force before, would not have moved. What fewer customers than the privacy limit are
-- worth is not told.
{% set minimum = var('minimum_cell_customers') %}
{% set counts = {
    'net_revenue_before_amount': 'customers_count',
    'net_revenue_now_amount': 'customers_count',
    'margin_before_amount': 'customers_count',
    'margin_now_amount': 'customers_count',
    'expected_margin_before_amount': 'customers_count',
    'expected_margin_now_amount': 'customers_count',
    'customer_changed_margin_before_amount': 'customer_changed_count',
    'customer_changed_margin_now_amount': 'customer_changed_count',
    'boundary_moved_margin_before_amount': 'boundary_moved_count',
    'boundary_moved_margin_now_amount': 'boundary_moved_count',
} %}

with steps as (

    select * from {{ ref('int_kpis__kept_steps') }}
    {% if var('model_schemes') -%}
    union all by name
    select * from {{ ref('int_kpis__model_steps') }}
    {%- endif %}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

-- Of moves for both reasons, each amount would tell the other.
transitions as (

    select
        steps.scheme,
        steps.from_segment_code,
        steps.to_segment_code,
        steps.customers_count,
        steps.customer_changed_count,
        steps.boundary_moved_count,
        {% for amount, count in counts.items() -%}
        cast(
            case
                when
                    steps.customers_count >= {{ minimum }}
                    {%- if count != 'customers_count' %}
                    and steps.customer_changed_count not between 1 and {{ minimum - 1 }}
                    and steps.boundary_moved_count not between 1 and {{ minimum - 1 }}
                    {%- endif %}
                    then steps.{{ amount }}
            end as decimal(18, 4)
        ) as {{ amount }},
        {% endfor -%}
        as_of_dates.previous_as_of_date,
        steps.as_of_date
    from steps
    inner join as_of_dates on steps.as_of_date = as_of_dates.as_of_date

)

select * from transitions
