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

{#-
    The margin of the next 365 days that a model expects, to the cent; null where none does. What is expected by a simple
    baseline because no model was better says no more of one customer than the margin of the last 365 days does. With a
    prefix that of the models of the evaluated date before.
-#}
{% macro modelled_margin(predictions, prefix='') -%}
    case
        when {{ predictions }}.{{ prefix }}value_source not in ('rfm_cells', 'last_window')
            then cast(round({{ predictions }}.{{ prefix }}expected_margin_365d_amount, 2) as decimal(18, 4))
    end
{%- endmacro %}

{#- The kind of margins that were earned; the others are named after the model that expects them. -#}
{% macro past_margin_kind() -%}
    'past_margin'
{%- endmacro %}

{#-
    What a customer is ranked by where margins are of a kind: the past margin or the expected one; of whom nothing is
    expected, the past one.
-#}
{% macro value_amount(margin_kind, expected_margin_amount) -%}
    case
        when {{ margin_kind }} = {{ past_margin_kind() }} then past_margin_amount
        else coalesce({{ expected_margin_amount }}, past_margin_amount)
    end
{%- endmacro %}
