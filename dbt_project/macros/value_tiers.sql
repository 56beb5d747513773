{#-
    The tier of a margin: one better for every cut-point it is above, from the last tier up. Equal margins get equal
    tiers. Null where there are no cut-points.
-#}
{% macro value_tier(amount, cut_points) -%}
    {%- set tiers = var('value_tier_percents') | length -%}
    {{ tiers + 1 }}{% for index in range(1, tiers + 1) %} - cast({{ amount }} > {{ cut_points }}[{{ index }}] as integer){% endfor %}
{%- endmacro %}
