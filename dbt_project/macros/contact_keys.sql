{#- E-mail addresses that reach one mailbox, in one spelling: without blanks around them, in lower case. -#}
{% macro normalized_email(email) -%}
    nullif(lower(trim({{ email }})), '')
{%- endmacro %}

{#- Telephone numbers in one spelling: digits with a leading plus; 00 stands for the plus. -#}
{% macro normalized_phone(phone) -%}
    nullif(regexp_replace(regexp_replace({{ phone }}, '[^0-9+]', '', 'g'), '^00', '+'), '')
{%- endmacro %}

{#-
    The mailbox an e-mail address reaches: what follows a plus in front of the @ is the owner's own note, and Gmail
    reads over dots and has two names. Null for what is no address: not exactly one @, an empty part, no dot in the
    domain.
-#}
{% macro mailbox_key(email) -%}
    list_transform(
        [lower(regexp_replace({{ email }}, '^[\s\p{Z}]+|[\s\p{Z}]+$', '', 'g'))],
        lambda address: case
            when not regexp_full_match(address, '[^@\s\p{Z}]+@[^@.\s\p{Z}]+(?:\.[^@.\s\p{Z}]+)+') then null
            when not regexp_matches(address, '@(?:gmail|googlemail)\.com$')
                then regexp_replace(address, '^([^@+]+)\+[^@]*@', '\1@')
            when regexp_matches(address, '^\.*[^@+.]')
                then replace(regexp_extract(address, '^[^@+]+'), '.', '') || '@gmail.com'
        end
    )[1]
{%- endmacro %}
