{#-
    How often a customer buys within the window, by the company's own cut-points among repeat buyers. Null where the
    customer bought repeatedly and there are no cut-points.
-#}
{% macro usage_level(order_days, cut_points) -%}
    case
        when {{ order_days }} = 0 then 'inactive'
        when {{ order_days }} = 1 then 'one_off'
        when {{ order_days }} > {{ cut_points }}[2] then 'heavy'
        when {{ order_days }} > {{ cut_points }}[1] then 'regular'
        when {{ order_days }} <= {{ cut_points }}[1] then 'occasional'
    end
{%- endmacro %}

{#- The segment of the scheme behavioural: who buys is also told by the way of buying. -#}
{% macro behavioural_segment(level) -%}
    case
        when not has_ordered then 'prospect'
        when {{ level }} is null then 'unknown'
        when {{ level }} = 'inactive' then 'inactive'
        when is_bulk_buyer then {{ level }} || '_bulk_buyer'
        when is_deal_seeker then {{ level }} || '_deal_seeker'
        else {{ level }}
    end
{%- endmacro %}
