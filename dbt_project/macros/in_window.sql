{#- A trailing window's total: the running total on the as-of date minus the one just before the window. -#}
{% macro in_window(total, days) -%}
    (coalesce(to_date.{{ total }}, 0) - coalesce(before_{{ days }}d.{{ total }}, 0))
{%- endmacro %}
