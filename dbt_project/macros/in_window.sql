{#- Whether a date is within the window of so many days that ends on the as-of date. -#}
{% macro in_window(date_column, days) -%}
    {{ date_column }} > as_of_dates.as_of_date - {{ days }}
{%- endmacro %}
