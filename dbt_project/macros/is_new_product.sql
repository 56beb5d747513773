{#-
    Whether a product was bought within its first days, or before its launch; null where its launch is not known.
-#}
{% macro is_new_product(order_date, launched_date) -%}
    {{ order_date }} - {{ launched_date }} < {{ var('product_preference_new_product_days') }}
{%- endmacro %}
