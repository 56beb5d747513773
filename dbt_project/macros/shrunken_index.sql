{#-
    How many times as many as expected, shrunken towards 1 (Gamma-Poisson): the observed count is Poisson around the index
    times the expected one, and the index beforehand Gamma with mean 1 and the weight of `prior` expected customers. Few
    expected customers say little, so the index stays near 1; with many it tends to the plain ratio.
-#}
{% macro shrunken_index(observed, expected, prior) -%}
    ({{ observed }} + {{ prior }}) / (cast({{ expected }} as double) + {{ prior }})
{%- endmacro %}

{#-
    A bound of the index's interval: the quantile of its Gamma distribution by Wilson and Hilferty (1931), whose cube root
    is nearly normal. `sigmas` is the normal quantile, -1.96 and 1.96 for the interval of 95 %.
-#}
{% macro shrunken_index_bound(observed, expected, prior, sigmas) -%}
    ({{ observed }} + {{ prior }}) * pow(
        greatest(
            1 - 1 / (9.0 * ({{ observed }} + {{ prior }})) + {{ sigmas }} / (3 * sqrt({{ observed }} + {{ prior }})), 0
        ),
        3
    ) / (cast({{ expected }} as double) + {{ prior }})
{%- endmacro %}

{#- A multiple for a reader: one digit behind the point, two where one would say 0.0. -#}
{% macro times_words(number) -%}
    case when {{ number }} < 0.095 then printf('%.2f', {{ number }}) else printf('%.1f', {{ number }}) end
{%- endmacro %}
