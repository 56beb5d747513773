{#- A text as an SQL literal, for what a person has written: names, descriptions. -#}
{% macro sql_text(value) -%}
    '{{ value | replace("'", "''") }}'
{%- endmacro %}
