{#-
    Joins of a record's keys to customers, and whose the record is: the reference decides; without one the e-mail address
    or the phone number of a known customer; else the address, or the number, is a customer of its own.
-#}
{% macro join_customer_keys(relation, with_phone=false) -%}
    left join customer_keys as by_ref
        on by_ref.key_kind = 'ref' and {{ relation }}.customer_ref = by_ref.key_value
    left join customer_keys as by_email
        on by_email.key_kind = 'email' and {{ relation }}.email = by_email.key_value
    {%- if with_phone %}
    left join customer_keys as by_phone
        on by_phone.key_kind = 'phone' and {{ relation }}.phone = by_phone.key_value
    {%- endif %}
{%- endmacro %}

{% macro identified_customer(with_phone=false) -%}
    coalesce(
        by_ref.customer_id,
        case when by_email.is_known then by_email.customer_id end,
        {% if with_phone %}case when by_phone.is_known then by_phone.customer_id end,
        {% endif -%}
        by_email.customer_id
        {%- if with_phone %},
        by_phone.customer_id
        {%- endif %}
    )
{%- endmacro %}
