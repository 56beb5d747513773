-- One row per customer, scheme that rules decide and evaluated date on which the customer's segment is another than on
-- the evaluated date before; from null for a customer who had not been known. Kept by date, because a move between two
-- past dates only changes when one of them does. One join a scheme, and one scheme at a time: customers alone are a
-- shorter key than customers and schemes, and memory holds one join.
{% set own_models = var('schemes') | reject('in', var('model_schemes')) | list %}
{% set custom = var('custom_schemes') | map(attribute='scheme') | list %}
{{ config(materialized='as_of_history', meta={'parts': own_models + custom}) }}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now(inputs='int_predictions__inputs') }}

),

{% for scheme in own_models + custom -%}
{% set assignments = ref('seg_customers__' ~ ('custom' if scheme in custom else scheme)) -%}
{{ scheme }}_now as (

    select * from {{ assignments }}
    where
        {{ computed_now(inputs='int_predictions__inputs') }}
        and scheme = '{{ scheme }}'
        and {{ computed_part(scheme) }}

),

{{ scheme }}_before as (

    select * from {{ assignments }}
    where as_of_date in (select as_of_dates.previous_as_of_date from as_of_dates) and scheme = '{{ scheme }}'

),

{{ scheme }}_moves as (

    select
        {{ scheme }}_now.customer_id,
        {{ scheme }}_now.scheme,
        {{ scheme }}_before.segment_code as from_segment_code,
        {{ scheme }}_now.segment_code as to_segment_code,
        {{ scheme }}_now.segment_code_on_previous_boundaries,
        {{ scheme }}_now.score,
        {{ scheme }}_now.confidence,
        {{ scheme }}_now.as_of_date
    from {{ scheme }}_now
    inner join as_of_dates on {{ scheme }}_now.as_of_date = as_of_dates.as_of_date
    left join {{ scheme }}_before
        on
            {{ scheme }}_now.customer_id = {{ scheme }}_before.customer_id
            and as_of_dates.previous_as_of_date = {{ scheme }}_before.as_of_date
    where {{ scheme }}_before.segment_code is distinct from {{ scheme }}_now.segment_code

),

{% endfor -%}
moves as (

    {% for scheme in own_models + custom -%}
    select * from {{ scheme }}_moves
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor %}
)

select * from moves
