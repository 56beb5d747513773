{#- E-mail addresses that reach one mailbox, in one spelling: without blanks around them, in lower case. -#}
{% macro normalized_email(email) -%}
    nullif(lower(trim({{ email }})), '')
{%- endmacro %}

{#- Telephone numbers in one spelling: digits with a leading plus; 00 stands for the plus. -#}
{% macro normalized_phone(phone) -%}
    nullif(regexp_replace(regexp_replace({{ phone }}, '[^0-9+]', '', 'g'), '^00', '+'), '')
{%- endmacro %}
