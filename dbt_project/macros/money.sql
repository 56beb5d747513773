{#-
    What one unit of a currency is worth in the base currency on a day: the newest rate up to that day, unless it is older
    than exchange_rate_maximum_age_days. Needs an as-of join to int_canonical__exchange_rates.
-#}
{% macro exchange_rate(currency_code, amount_date) -%}
    case
        when {{ currency_code }} = '{{ var("base_currency") }}' then 1
        when {{ amount_date }} - exchange_rates.rate_date <= {{ var('exchange_rate_maximum_age_days') }}
            then exchange_rates.rate
    end
{%- endmacro %}

{#-
    An amount in the base currency, as a decimal; amounts that are in it already are not touched. The product of two
    decimals of 18 digits has 18 as well, of which 14 would stand behind the point: it needs a wider factor.
-#}
{% macro in_base_currency(amount, currency_code, rate) -%}
    case
        when {{ currency_code }} = '{{ var("base_currency") }}' then {{ amount }}
        else cast(cast({{ amount }} as decimal(38, 4)) * {{ rate }} as decimal(18, 4))
    end
{%- endmacro %}
