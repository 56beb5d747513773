{#- The quantile of the normal distribution that intervals of 95 % are made with. -#}
{% macro normal_975() %}1.959963984540054{% endmacro %}

{#-
    The lower (sign -1) or upper (sign 1) end of Wilson's interval of a share: E. B. Wilson 1927, JASA 22,
    209-212, which stays between 0 and 1 and holds its level for few and for all or none.
-#}
{% macro wilson_bound(share, count, sign) -%}
    (
        {{ share }} + pow({{ normal_975() }}, 2) / (2 * {{ count }})
        + {{ sign }} * {{ normal_975() }} * sqrt(
            greatest({{ share }} * (1 - {{ share }}), 0) / {{ count }} + pow({{ normal_975() }} / (2 * {{ count }}), 2)
        )
    ) / (1 + pow({{ normal_975() }}, 2) / {{ count }})
{%- endmacro %}

{#- The same of counts. Null where there is nobody. -#}
{% macro share_bound(successes, total, sign) -%}
    case
            when {{ total }} > 0
                then least(
                    greatest({{ wilson_bound('(cast(' ~ successes ~ ' as double) / ' ~ total ~ ')', total, sign) }}, 0),
                    1
                )
        end
{%- endmacro %}

{#- The standard deviation of a sample, of its sum and sum of squares, which are exact. Null for fewer than two. -#}
{% macro deviation(squares, total, number) -%}
    case
            when {{ number }} > 1
                then sqrt(
                    greatest(
                        cast({{ squares }} as double) - cast({{ total }} as double) * cast({{ total }} as double) / {{ number }},
                        0
                    ) / ({{ number }} - 1)
                )
        end
{%- endmacro %}
