{#- One reason of a segment assignment: the feature, its value as text and its signed effect. -#}
{% macro reason(feature, value, effect) -%}
    {'feature': '{{ feature }}', 'value': cast({{ value }} as varchar), 'effect': cast({{ effect }} as double)}
{%- endmacro %}
