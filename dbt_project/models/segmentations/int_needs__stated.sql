-- One row per customer and as_of_date: what the customer wants most, as they answered themselves. A lead over the
-- second need that is as small as chance makes it is no clear need; whoever was asked about one need alone has nothing
-- to put before it.
{{ config(materialized='as_of_history', enabled='needs' in var('schemes')) }}
{% set reasons -%}
    case
        when segment_code = 'unknown'
            then [
                {{ reason('strongest_need', 'null', '0') }},
                {{ reason('days_since_needs_answer', 'days_since_needs_answer', '0') }}
            ]
        else [
            {{ reason('strongest_need', 'strongest_need', 'strongest_need_score') }},
            {{ reason('need_lead', 'need_lead', 'coalesce(need_lead, 0)') }},
            {{ reason('days_since_needs_answer', 'days_since_needs_answer', '0') }}
        ]
    end
{%- endset %}

{{ stated_segments(
    answer='strongest_need',
    days_since_answer='days_since_needs_answer',
    maximum_age_days=var('needs_maximum_age_days'),
    reasons=reasons,
    unclear=[
        ('survey_answers.need_lead is null', 'no_clear_need'),
        ('survey_answers.need_lead < ' ~ var('needs_minimum_lead'), 'no_clear_need'),
    ],
    score='strongest_need_score',
) }}
