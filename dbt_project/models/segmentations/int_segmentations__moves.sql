-- One row per customer, scheme and evaluated date on which the customer's segment is another than on the evaluated date
-- before, from which memberships and transitions are made; from null for a customer who had not been known.
{{ config(materialized='view') }}
{% set parts = ['kept_moves'] + (['model_moves'] if var('model_schemes') else []) %}

with {% for part in parts -%}
{{ part }} as (

    select * from {{ ref('int_segmentations__' ~ part) }}

),

{% endfor -%}
moves as (

    {% for part in parts -%}
    select
        customer_id,
        scheme,
        from_segment_code,
        to_segment_code,
        segment_code_on_previous_boundaries,
        score,
        confidence,
        as_of_date
    from {{ part }}
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor %}
)

select * from moves
