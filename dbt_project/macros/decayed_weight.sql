{#-
    The weight of an event that halves with every half-life of its age in days. Rounded to a decimal, so that sums of
    weights are exact and do not depend on the order of rows.
-#}
{% macro decayed_weight(age_days, half_life_days) -%}
    cast(pow(0.5, ({{ age_days }}) / {{ half_life_days }}) as decimal(18, 12))
{%- endmacro %}
