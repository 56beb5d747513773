{#-
    What identity knows a record by: the attributes of a profile that an entity's records have, by their names. Records
    with the same values are one profile.
-#}
{% macro profile_columns() -%}
    {{ return([
        'customer_ref', 'email', 'phone', 'loyalty_number', 'handle', 'first_name', 'last_name', 'birth_date', 'street',
        'postal_code', 'city', 'country',
    ]) }}
{%- endmacro %}

{#- Those that records of customers and contact details have: all but accounts on a platform. -#}
{% macro contact_columns() -%}
    {{ return(profile_columns() | reject('equalto', 'handle') | list) }}
{%- endmacro %}

{#-
    The profile of a row that has these columns: a digest of their values; for a row with a reference alone the
    reference; null for a row that says of nobody who it was. Where nothing is matched the reference is all that counts.

    columns: names of columns of ``profile_columns``; relation: what they belong to.
-#}
{% macro profile_id(columns, relation=none) -%}
    {%- set prefix = relation ~ '.' if relation else '' -%}
    {%- set others = columns | reject('equalto', 'customer_ref') | list -%}
    {%- set shared = ['street', 'postal_code', 'city', 'country', 'first_name', 'birth_date'] -%}
    {%- set naming = columns | reject('in', shared) | list -%}
    {%- if not var('identity_matching') or others | length == 0 -%}
    'r:' || {{ prefix }}customer_ref
    {%- else -%}
    case
        when coalesce(
            {%- for column in others %} cast({{ prefix }}{{ column }} as varchar){{ ',' if not loop.last }}{% endfor %}
        ) is null then 'r:' || {{ prefix }}customer_ref
        when coalesce(
            {%- for column in naming %} {{ prefix }}{{ column }}{{ ',' if not loop.last }}{% endfor %}
        ) is not null then 'p_' || left(md5(concat_ws(
            chr(31){% for column in profile_columns() if column in columns %},
            '{{ column }} ' || {{ prefix }}{{ column }}
            {%- endfor %}
        )), 20)
    end
    {%- endif -%}
{%- endmacro %}

{#-
    The customers of a relation's rows, as customers_of_profiles.customer_id. Rows that name their contact details are
    whose those are.
-#}
{% macro join_customers(columns, relation, with_contact=false) -%}
    {%- if with_contact and var('identity_matching') -%}
    left join contact_profiles on {{ relation }}.contact_ref = contact_profiles.contact_ref
    left join customer_map as customers_of_profiles
        on coalesce(
            contact_profiles.profile_id, {{ profile_id(columns, relation) }}
        ) = customers_of_profiles.profile_id
    {%- else -%}
    left join customer_map as customers_of_profiles
        on {{ profile_id(columns, relation) }} = customers_of_profiles.profile_id
    {%- endif -%}
{%- endmacro %}
