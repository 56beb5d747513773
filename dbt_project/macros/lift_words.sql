{#- The adjusted difference and its interval for a reader: `+0.031 orders per customer (+0.012 to +0.050).` -#}
{% macro lift_words(unit, times=1) -%}
    printf('%+.3g', {{ times }} * adjusted_difference) || ' {{ unit }} ('
    || printf('%+.3g', {{ times }} * adjusted_low) || ' to ' || printf('%+.3g', {{ times }} * adjusted_high) || ').'
{%- endmacro %}
