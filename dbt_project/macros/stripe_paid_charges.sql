{#-
    Charges of Stripe that were paid, each once. Charges that failed or are pending are out, as no money moved (a pending
    one is sent again when it is decided); so are those of the test mode, in which nobody buys.
-#}
{% macro stripe_paid_charges(relation) -%}
    select *
    from ({{ latest_rows(relation, ['id']) }})
    where status = 'succeeded' and paid and livemode
{%- endmacro %}
