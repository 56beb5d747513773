{#-
    A line's share of an amount that belongs to the whole order, by the line's weight. Shares are differences of rounded
    running totals, so they are whole cents, none is more than a cent off, and together they are exactly the amount: the
    last weighted line takes what is left, also where the currency has other than two decimals.
    weight: of the line; running_weight: of the lines up to and with it; total_weight: of all. Where the total is zero,
    so is every share.
#}
{% macro allotted(amount, weight, running_weight, total_weight) -%}
    cast(
        case
            when {{ running_weight }} = {{ total_weight }} then {{ amount }}
            else cast(round({{ amount }} * {{ running_weight }} / {{ total_weight }}, 2) as decimal(18, 4))
        end
        - case
            when {{ running_weight }} - {{ weight }} = {{ total_weight }} then {{ amount }}
            else cast(
                round({{ amount }} * ({{ running_weight }} - {{ weight }}) / {{ total_weight }}, 2) as decimal(18, 4)
            )
        end
        as decimal(18, 4)
    )
{%- endmacro %}
