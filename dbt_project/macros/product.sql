{#- The exact product of two decimals of 18 digits, which would have 18 as well. -#}
{% macro product(one, other) -%}
    cast(cast({{ one }} as decimal(38, 4)) * {{ other }} as decimal(38, 8))
{%- endmacro %}

{#- The exact square of a decimal. -#}
{% macro square(column) -%}
    {{ product(column, column) }}
{%- endmacro %}
