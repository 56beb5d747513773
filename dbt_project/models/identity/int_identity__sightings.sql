-- One row per profile: a distinct way in which records say who somebody is, as they write it, and when it was seen. A
-- record that says more elsewhere (an order's contact details) counts there. Where nothing is matched, a profile is a
-- reference and nothing else.
{{ config(materialized='table') }}
{% set sighted = {
    'customers': {
        'columns': contact_columns(),
        'first': 'coalesce(created_at, valid_from)',
        'last': 'case when is_current then greatest(valid_from, ' ~ tonight() ~ ') else valid_from end',
    },
    'contact_details': {'columns': contact_columns(), 'first': 'seen_at'},
    'order_lines': {
        'columns': ['customer_ref', 'email', 'phone'], 'first': 'ordered_at', 'where': 'contact_ref is null',
    },
    'campaign_exposures': {'columns': ['customer_ref', 'email'], 'first': 'assigned_at'},
    'interactions': {'columns': ['customer_ref', 'email', 'phone'], 'first': 'occurred_at'},
    'survey_answers': {
        'columns': ['customer_ref', 'email', 'phone'], 'first': 'answered_at', 'where': 'contact_ref is null',
    },
    'social_interactions': {'columns': ['customer_ref', 'email', 'handle'], 'first': 'occurred_at'},
    'social_handles': {'columns': ['customer_ref', 'email', 'handle'], 'first': 'cast(null as timestamptz)'},
} %}

with
{% for entity in sighted -%}
{{ entity }} as (

    {% if entity.startswith('social') -%}
    select
        *,
        platform || ':' || author_handle as handle
    from {{ ref('int_canonical__' ~ entity) }}
    {%- else -%}
    select * from {{ ref('int_canonical__' ~ entity) }}
    {%- endif %}

),

{% endfor -%}
sightings as (

    {% for entity, seen in sighted.items() -%}
    select
        {{ profile_id(seen.columns) }} as profile_id,
        {% for column in seen.columns -%}
        any_value({{ column }}) as {{ column }},
        {% endfor -%}
        count(*) as records_count,
        min({{ seen.first }}) as first_seen_at,
        max({{ seen.last or seen.first }}) as last_seen_at
    from {{ entity }}
    {% if seen.where and var('identity_matching') -%}
    where {{ seen.where }}
    {% endif -%}
    group by profile_id
    {{ 'union all by name' if not loop.last }}
    {% endfor %}
),

profiles as (

    select
        profile_id,
        {% for column in profile_columns() -%}
        any_value({{ column }}) as {{ column }},
        {% endfor -%}
        cast(sum(records_count) as bigint) as records_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from sightings
    where profile_id is not null
    group by profile_id

)

select * from profiles
