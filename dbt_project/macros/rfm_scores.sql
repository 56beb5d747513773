{#- Recency score 1 to 5: fewer days since the last order score higher; equal days score equal. -#}
{% macro rfm_recency_score(days, cut_points) -%}
    5{% for index in [1, 2, 3, 4] %} - cast({{ days }} > {{ cut_points }}[{{ index }}] as integer){% endfor %}
{%- endmacro %}

{#- Monetary score 1 to 5: more money scores higher; equal money scores equal. -#}
{% macro rfm_monetary_score(amount, cut_points) -%}
    1{% for index in [1, 2, 3, 4] %} + cast({{ amount }} > {{ cut_points }}[{{ index }}] as integer){% endfor %}
{%- endmacro %}

{#- Frequency score 1 to 5 by fixed bands of order days, so that it means the same in every company and month. -#}
{% macro rfm_frequency_score(order_days) -%}
    0{% for lower_bound in var('rfm_frequency_bands') %} + cast({{ order_days }} >= {{ lower_bound }} as integer){% endfor %}
{%- endmacro %}
