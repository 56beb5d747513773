{#- What serving cost, of counts and costs that are columns of a relation. -#}
{% macro cost_to_serve_amount(relation) -%}
    cast(
            {{ relation }}.support_request_count * {{ var('cost_to_serve_support_request_amount') }}
            + {{ relation }}.delivery_cost_amount
            + {{ relation }}.contact_cost_amount as decimal(18, 4)
        )
{%- endmacro %}
