{#- The quantile 0.975 of the normal distribution: of intervals of 95 %. -#}
{% macro normal_quantile() -%}
    1.959964
{%- endmacro %}

{#-
    A bound of the interval of 95 % of a share, of counts: Wilson's score interval (Wilson 1927, Journal of the American
    Statistical Association 22, 209-212), which stays between 0 and 1 and holds its level for few and for all or none.
    sign: - for the lower bound, + for the upper one. Null where there is nobody.
-#}
{% macro wilson_bound(successes, total, sign) -%}
    {%- set z = normal_quantile() -%}
    case
            when {{ total }} > 0
                then least(
                    greatest(
                        (
                            {{ successes }} + {{ z }} * {{ z }} / 2
                            {{ sign }} {{ z }} * sqrt(
                                cast({{ successes }} as double) * ({{ total }} - {{ successes }}) / {{ total }}
                                + {{ z }} * {{ z }} / 4
                            )
                        ) / ({{ total }} + {{ z }} * {{ z }}),
                        0
                    ),
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
