-- One row per scheme, segment, group of customers and evaluated date whose first horizon is over: all that the
-- scorecard is made of.
{{ config(materialized='view') }}
{% set parts = ['kept_sums'] + (['model_sums'] if var('model_schemes') else []) %}

with {% for part in parts -%}
{{ part }} as (

    select * from {{ ref('int_scorecard__' ~ part) }}

),

{% endfor -%}
sums as (

    {% for part in parts -%}
    select
        scheme,
        segment_code,
        customer_group,
        customers_count,
        buyers_count,
        reachable_count,
        learnable_amount,
        judged_amount,
        judged_squares,
        as_of_date
    from {{ part }}
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor %}
)

select * from sums
