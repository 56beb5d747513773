{#-
    An amount of Stripe, given in the smallest unit of its currency, in whole units. Which currencies have other than
    two decimals is Stripe's own list (docs.stripe.com/currencies: zero-decimal, three-decimal, special cases), not that of
    ISO 4217: MGA has none, and ISK and UGX are sent as if they had two.
#}
{% macro stripe_amount(amount, currency) -%}
    cast(
        cast({{ amount }} as decimal(18, 0))
        * case
            when lower({{ currency }}) in (
                'bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf', 'xof', 'xpf'
            ) then 1.000
            when lower({{ currency }}) in ('bhd', 'jod', 'kwd', 'omr', 'tnd') then 0.001
            else 0.010
        end
        as decimal(18, 4)
    )
{%- endmacro %}
