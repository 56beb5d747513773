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

{#-
    A term of Fieller's quadratic: the product of two sums over the same customers, less z^2 times the variance that chance
    gives it. Null for fewer than two.
-#}
{% macro fieller_term(products, one, other, number) -%}
    case
            when {{ number }} > 1
                then
                    cast({{ one }} as double) * cast({{ other }} as double)
                    - pow({{ normal_975() }}, 2) * (
                        cast({{ number }} as double) * cast({{ products }} as double)
                        - cast({{ one }} as double) * cast({{ other }} as double)
                    ) / ({{ number }} - 1)
        end
{%- endmacro %}

{#-
    The lower (sign -1) or upper (sign 1) end of the interval of a ratio of two sums over the same customers: E. C. Fieller
    1954, JRSS B 16, 175-185; W. G. Cochran 1977, Sampling Techniques, 6.5. It holds its level where spending is skewed
    and customers are few, as the symmetric one of the delta method does not. Of terms made by fieller_term; null where
    the denominator may as well be nothing, for then no number is too large.
-#}
{% macro ratio_bound(numerator_term, cross_term, denominator_term, sign) -%}
    case
            when {{ denominator_term }} > 0
                then
                    (
                        {{ cross_term }} + {{ sign }} * sqrt(
                            greatest(pow({{ cross_term }}, 2) - {{ numerator_term }} * {{ denominator_term }}, 0)
                        )
                    ) / {{ denominator_term }}
        end
{%- endmacro %}
