{#- Whether a date lies in the 365 days that end on the as-of date; what lies after that date is left out before. -#}
{% macro in_last_365d(date_column) -%}
    {{ date_column }} > as_of_dates.as_of_date - 365
{%- endmacro %}
