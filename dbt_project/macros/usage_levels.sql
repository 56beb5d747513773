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
        when {{ level }} = 'inactive' then 'inactive'
        when {{ level }} = 'one_off' and is_bulk_buyer then 'one_off_bulk_buyer'
        when {{ level }} = 'one_off' and is_deal_seeker then 'one_off_deal_seeker'
        when {{ level }} = 'occasional' and is_bulk_buyer then 'occasional_bulk_buyer'
        when {{ level }} = 'occasional' and is_deal_seeker then 'occasional_deal_seeker'
        when {{ level }} = 'regular' and is_bulk_buyer then 'regular_bulk_buyer'
        when {{ level }} = 'regular' and is_deal_seeker then 'regular_deal_seeker'
        when {{ level }} = 'heavy' and is_bulk_buyer then 'heavy_bulk_buyer'
        when {{ level }} = 'heavy' and is_deal_seeker then 'heavy_deal_seeker'
        else coalesce({{ level }}, 'unknown')
    end
{%- endmacro %}
