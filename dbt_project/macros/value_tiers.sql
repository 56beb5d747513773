{#-
    The tier of a margin: the first one whose cut-point it is above, else the last. Equal margins get equal tiers. Null
    where there are no cut-points.
-#}
{% macro value_tier(amount, cut_points) -%}
    case
        when {{ amount }} > {{ cut_points }}[1] then 'tier_1'
        when {{ amount }} > {{ cut_points }}[2] then 'tier_2'
        when {{ amount }} > {{ cut_points }}[3] then 'tier_3'
        when {{ amount }} > {{ cut_points }}[4] then 'tier_4'
        when {{ amount }} > {{ cut_points }}[5] then 'tier_5'
        when {{ amount }} <= {{ cut_points }}[5] then 'tier_6'
    end
{%- endmacro %}

{#- How many tiers are below one, of the five that can be; null for what is no tier. -#}
{% macro tiers_below(tier) -%}
    6 - try_cast(replace({{ tier }}, 'tier_', '') as integer)
{%- endmacro %}
