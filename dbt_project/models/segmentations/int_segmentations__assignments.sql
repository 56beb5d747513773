-- One row per customer, scheme and as_of_date: every scheme that is switched on, in the common shape. The schemes that
-- tessera.yml writes as rules stand together in one model.
{{ config(materialized='view') }}
{% set models = var('schemes') + (['custom'] if var('custom_schemes') else []) %}

with assignments as (

    {% for model in models -%}
    select
        customer_id,
        scheme,
        segment_code,
        segment_code_on_previous_boundaries,
        score,
        confidence,
        reasons,
        as_of_date
    from {{ ref('seg_customers__' ~ model) }}
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor %}
)

select * from assignments
