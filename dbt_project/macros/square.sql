{#- The exact square of a decimal; the product of two decimals of 18 digits would have 18 as well. -#}
{% macro square(column) -%}
    cast(cast({{ column }} as decimal(38, 4)) * {{ column }} as decimal(38, 8))
{%- endmacro %}
