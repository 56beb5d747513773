{#- The segment by risk and by value under one boundary and by one model; unknown where either cannot be told. -#}
{% macro predictive_segment(is_high_risk, is_high_value) -%}
    case
        when {{ is_high_risk }} is null or {{ is_high_value }} is null then 'unknown'
        when {{ is_high_risk }} and {{ is_high_value }} then 'protect'
        when {{ is_high_value }} then 'grow'
        when {{ is_high_risk }} then 'let_go'
        else 'nurture'
    end
{%- endmacro %}
