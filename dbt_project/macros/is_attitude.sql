{#- Whether statements on a construct say how people think: it begins as one of var('attitude_constructs'). -#}
{% macro is_attitude(construct) -%}
    (
        {%- for beginning in var('attitude_constructs') %}
        starts_with({{ construct }}, '{{ beginning }}'){{ ' or' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
