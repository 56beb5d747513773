{#-
    How much slower than the reference a rhythm is: 1 at the reference gap, bounded so that neither daily shoppers are
    given up within days nor rare ones waited for over years. An unknown rhythm counts as the reference.
-#}
{% macro lifecycle_scale(gap_days) -%}
    greatest(
        {{ var('lifecycle_minimum_scale') }},
        least(
            {{ var('lifecycle_maximum_scale') }},
            coalesce({{ gap_days }} / {{ var('lifecycle_reference_gap_days') }}.0, 1)
        )
    )
{%- endmacro %}

{#- The lifecycle segment under one set of boundaries; own_scale and return_share are the customer's. -#}
{% macro lifecycle_segment(company_scale, return_share) -%}
    case
        when not has_order then 'lead'
        when days_since_first_order <= {{ var('new_customer_days') }} * {{ company_scale }} then 'new'
        when {{ was_lost(company_scale) }} then 'reactivated'
        when
            order_days_365d_count >= {{ var('lifecycle_loyal_order_days') }}
            and {{ lifecycle_stage(company_scale, return_share) }} = 'active'
            then 'loyal'
        else {{ lifecycle_stage(company_scale, return_share) }}
    end
{%- endmacro %}

{#-
    The step between active and lost: by the chance of an order within 365 days where it may be judged by, else by silence.
-#}
{% macro lifecycle_stage(company_scale, return_share) -%}
    case
        {% for stage in ['active', 'cooling', 'at_risk', 'highly_at_risk'] -%}
        when {{ return_share }} > {{ var('lifecycle_' ~ stage ~ '_return_share') }} then '{{ stage }}'
        {% endfor -%}
        when {{ return_share }} is not null then 'lost'
        {% for stage in ['active', 'cooling', 'at_risk', 'highly_at_risk'] -%}
        when
            days_since_last_order
            <= {{ var('lifecycle_' ~ stage ~ '_days') }} * coalesce(own_scale, {{ company_scale }})
            then '{{ stage }}'
        {% endfor -%}
        else 'lost'
    end
{%- endmacro %}

{#-
    Whether the silence that a recent order ended had made the customer "lost" on the evening before, by what was usual
    for the customer until then, or for the company where the customer had ordered only once.
-#}
{% macro was_lost(company_scale) -%}
    returned_after_days - 1 > {{ var('lifecycle_highly_at_risk_days') }} * case
        when returned_usual_gap_days is null then {{ company_scale }}
        else {{ lifecycle_scale('returned_usual_gap_days') }}
    end
{%- endmacro %}

{#-
    The predicted chance of an order within 365 days of a customer with a rhythm, once the company is known for long
    enough. Models are refitted every few months, so an early one may not have seen a whole year; it takes nearly everybody
    for a customer who comes back.
-#}
{% macro trusted_return_share(history_days) -%}
    case
        when purchases.order_gap_median_days is not null and {{ history_days }} >= {{ var('lifecycle_prediction_history_days') }}
            then predictions.p_return_365d
    end
{%- endmacro %}
