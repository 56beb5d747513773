{#- The company's own customer number, where it was sent along with a survey of Delighted. -#}
{% macro delighted_customer_ref(person_properties) -%}
    coalesce(
        json_extract_string({{ person_properties }}, '$.customer_ref'),
        json_extract_string({{ person_properties }}, '$.customer_id')
    )
{%- endmacro %}
