-- One row per reference, e-mail address and phone number that any record carries: whose it is. A reference names its
-- customer; an address or number belongs to the one customer whose record has it, and to nobody known otherwise.
{% set entities = [
    'order_lines',
    'campaign_exposures',
    'interactions',
    'survey_answers',
    'social_interactions',
    'social_handles',
] %}
{% set with_phone = ['order_lines', 'interactions', 'survey_answers'] %}

with customer_records as (

    select * from {{ ref('int_identity__customer_records') }}

),

{% for entity in entities -%}
{{ entity }} as (

    select * from {{ ref('int_canonical__' ~ entity) }}

),

{% endfor -%}
seen_keys as (

    {% for entity in entities -%}
    select
        customer_ref,
        email,
        {{ 'phone' if entity in with_phone else 'cast(null as varchar)' }} as phone
    from {{ entity }}
    group by all
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

known_keys as (

    select
        'ref' as key_kind,
        customer_ref as key_value,
        joined_ref as customer_key
    from customer_records
    union all
    select distinct
        'email' as key_kind,
        email as key_value,
        joined_ref as customer_key
    from customer_records
    where is_email_own
    union all
    select distinct
        'phone' as key_kind,
        phone as key_value,
        joined_ref as customer_key
    from customer_records
    where is_phone_own

),

all_keys as (

    select distinct
        'ref' as key_kind,
        customer_ref as key_value
    from seen_keys
    where customer_ref is not null
    union all
    select distinct
        'email' as key_kind,
        email as key_value
    from seen_keys
    where email is not null
    union all
    select distinct
        'phone' as key_kind,
        phone as key_value
    from seen_keys
    where phone is not null
    union
    select
        key_kind,
        key_value
    from known_keys

),

keys as (

    select
        all_keys.key_kind,
        all_keys.key_value,
        coalesce(
            known_keys.customer_key,
            case when all_keys.key_kind = 'ref' then '' else all_keys.key_kind || ':' end || all_keys.key_value
        ) as customer_key,
        known_keys.customer_key is not null as is_known
    from all_keys
    left join known_keys
        on all_keys.key_kind = known_keys.key_kind and all_keys.key_value = known_keys.key_value

),

with_ids as (

    select
        key_kind,
        key_value,
        customer_key,
        'c_' || left(sha256(customer_key), 20) as customer_id,
        is_known
    from keys

)

select * from with_ids
