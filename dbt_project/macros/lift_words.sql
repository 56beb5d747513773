{#- A difference and its interval for a reader, such as `0.031 orders per customer (0.012 to 0.050).` -#}
{% macro lift_words(difference, low, high, unit, times=1) -%}
    printf('%+.3g', {{ times }} * {{ difference }}) || ' {{ unit }} ('
    || printf('%+.3g', {{ times }} * {{ low }}) || ' to ' || printf('%+.3g', {{ times }} * {{ high }}) || ').'
{%- endmacro %}
