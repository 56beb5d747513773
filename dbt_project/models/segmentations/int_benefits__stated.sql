-- One row per customer and as_of_date: the benefit the customer buys for, as they chose it themselves in the latest
-- answer.
{{ config(materialized='as_of_history', enabled='benefits' in var('schemes')) }}
{% set reasons -%}
    [
        {{ reason('stated_benefit', 'stated_benefit', '0') }},
        {{ reason('days_since_benefit_answer', 'days_since_benefit_answer', '0') }}
    ]
{%- endset %}

{{ stated_segments(
    answer='stated_benefit',
    days_since_answer='days_since_benefit_answer',
    maximum_age_days=var('benefits_maximum_age_days'),
    reasons=reasons,
) }}
