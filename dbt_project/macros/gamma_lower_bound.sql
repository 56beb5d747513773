{#-
    The value that a gamma distribution falls below with the probability of z, by the approximation of Wilson and Hilferty
    (1931): its cube root is nearly normal. Good to two digits from a shape of 1 on, and never below 0.
-#}
{% macro gamma_lower_bound(shape, rate, z) -%}
    {{ shape }} / {{ rate }}
    * pow(greatest(0, 1 - 1 / (9 * {{ shape }}) - {{ z }} / (3 * sqrt({{ shape }}))), 3)
{%- endmacro %}
