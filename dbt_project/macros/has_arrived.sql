{#- Whether an order's delivery had arrived by the as-of date: one that came later was not known on it. -#}
{% macro has_arrived() -%}
    orders.delivered_date <= as_of_dates.as_of_date
{%- endmacro %}
