{#-
    What is known of a customer, and who is asked first. `attributes` survive by source priority, then the newest, then
    the most complete record; `consents` by the newest word alone, whoever heard it, and of two on one day the no.
-#}
{% macro attributes() -%}
    {{ return([
        'account_type', 'email', 'phone', 'first_name', 'last_name', 'declared_age_band', 'gender', 'income_band',
        'education', 'occupation', 'marital_status', 'country', 'region', 'city', 'postal_code', 'street',
        'company_ref', 'acquisition_channel', 'loyalty_tier', 'household_size', 'children_count', 'birth_date',
    ]) }}
{%- endmacro %}

{% macro consents() -%}
    {{ return(['has_email_consent', 'has_sms_consent', 'has_phone_consent', 'has_ads_consent']) }}
{%- endmacro %}

{#-
    The rank of a source: those of the setting source_priority in their order, then records of customers, then what
    people gave with an order or another event.
-#}
{% macro source_rank(source_name, kind) -%}
    case
        {% for source in var('source_priority') -%}
        when {{ source_name }} = '{{ source }}' then {{ loop.index }}
        {% endfor -%}
        when {{ kind }} = 'record' then 1000
        else 2000
    end
{%- endmacro %}
