{#-
    The statistics of experiments as SQL expressions. They stand here and not in Python, because the segments that models
    find are there in the last step of dbt only (docs/adr/0021). Each names where it comes from; tests hold them against
    scipy and published figures.
-#}

{#- The power of 80 %, of the normal distribution. -#}
{% macro normal_800() %}0.8416212335729143{% endmacro %}

{#-
    Probability of a normal number at least as far from 0 as z: Abramowitz & Stegun 1964, 26.2.17, right to 1.5e-7.
-#}
{% macro two_sided_normal_p(z) -%}
    list_transform(
        [1 / (1 + 0.2316419 * abs({{ z }}))],
        {#- least() would take nothing for 1. #}
        lambda u: case when u is not null then least(1.0, 2 * exp(-pow({{ z }}, 2) / 2) / sqrt(2 * pi()) * u * (
            0.319381530 + u * (-0.356563782 + u * (1.781477937 + u * (-1.821255978 + u * 1.330274429)))
        )) end
    )[1]
{%- endmacro %}

{#-
    The normal number that is as likely to be exceeded as Student's t with so many degrees of freedom: G. W. Hill 1970,
    Algorithm 395, Communications of the ACM 13(10); it holds for fractions of degrees as well.
-#}
{% macro normal_of_t(t, degrees) -%}
    list_transform(
        [({{ degrees }} - 0.5) * ln(1 + pow({{ t }}, 2) / {{ degrees }})],
        lambda y: (
            ((((-0.4 * y - 3.3) * y - 24.0) * y - 85.5)
                / (0.8 * y * y + 100.0 + 48 * pow({{ degrees }} - 0.5, 2)) + y + 3.0)
            / (48 * pow({{ degrees }} - 0.5, 2)) + 1.0
        ) * sqrt(y)
    )[1]
{%- endmacro %}

{#- Probability of a t at least as far from 0. -#}
{% macro two_sided_t_p(t, degrees) -%}
    list_transform([{{ normal_of_t(t, degrees) }}], lambda z: {{ two_sided_normal_p('z') }})[1]
{%- endmacro %}

{#-
    The quantile .975 of Student's t by its expansion around the normal one: Cornish & Fisher, in Abramowitz & Stegun
    1964, 26.7.5; right to 1e-5 from nine degrees on, fewer than which two arms of ten customers cannot have.
-#}
{% macro t_975(degrees) -%}
    ({{ normal_975() }} + 2.3722712 / {{ degrees }} + 2.8224986 / pow({{ degrees }}, 2)
    + 2.5558497 / pow({{ degrees }}, 3) + 1.5895341 / pow({{ degrees }}, 4))
{%- endmacro %}

{#-
    The lower (-1) or upper (1) end of the interval of a difference of two shares: R. G. Newcombe 1998, Statistics in
    Medicine 17, method 10 (hybrid score).
-#}
{% macro newcombe_bound(share_1, count_1, share_2, count_2, sign) -%}
    {{ share_1 }} - {{ share_2 }} + {{ sign }} * sqrt(
        pow({{ share_1 }} - {{ wilson_bound(share_1, count_1, sign) }}, 2)
        + pow({{ share_2 }} - {{ wilson_bound(share_2, count_2, -sign) }}, 2)
    )
{%- endmacro %}

{#- Degrees of freedom of a difference of two means, of the squared errors of both: B. L. Welch 1947, Biometrika 34. -#}
{% macro welch_degrees(error_1, count_1, error_2, count_2) -%}
    pow({{ error_1 }} + {{ error_2 }}, 2)
    / nullif(pow({{ error_1 }}, 2) / ({{ count_1 }} - 1) + pow({{ error_2 }}, 2) / ({{ count_2 }} - 1), 0)
{%- endmacro %}

{#-
    Variance of a sample, or covariance of two, from its sums; 0 where what is left of the squares is no more than the
    rounding of double numbers.
-#}
{% macro sample_covariance(products, sum_1, sum_2, count) -%}
    case
        when abs({{ products }} - {{ sum_1 }} * {{ sum_2 }} / {{ count }}) > 1e-12 * abs({{ products }})
            then ({{ products }} - {{ sum_1 }} * {{ sum_2 }} / {{ count }}) / ({{ count }} - 1)
        else 0.0
    end
{%- endmacro %}

{#- Variance of what is left of a measure when the slope times its covariate is taken away, of the moments of an arm. -#}
{% macro cleaned_variance(prefix) -%}
    greatest({{ prefix }}_variance - 2 * slope * {{ prefix }}_covariance + slope * slope * {{ prefix }}_before_variance, 0)
{%- endmacro %}
