-- Every record that says of anybody who it was is counted in exactly one profile. A row with contact details is counted
-- there; where nothing is matched, rows are counted by their reference and nothing else.
{% set identifiers = {
    'customers': ['customer_ref', 'email', 'phone', 'loyalty_number', 'last_name'],
    'contact_details': ['customer_ref', 'email', 'phone', 'loyalty_number', 'last_name'],
    'order_lines': ['customer_ref', 'email', 'phone'],
    'campaign_exposures': ['customer_ref', 'email'],
    'interactions': ['customer_ref', 'email', 'phone'],
    'survey_answers': ['customer_ref', 'email', 'phone'],
    'social_interactions': ['customer_ref', 'email', 'author_handle'],
    'social_handles': ['customer_ref', 'email', 'author_handle'],
} %}

with named as (

    {% for entity, columns in identifiers.items() -%}
    select count(*) as records_count
    from {{ ref('int_canonical__' ~ entity) }}
    where
        coalesce({{ columns | join(', ') if var('identity_matching') else 'customer_ref' }}) is not null
        {{ 'and contact_ref is null' if var('identity_matching') and entity in ['order_lines', 'survey_answers'] }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

canonical as (

    select coalesce(sum(records_count), 0) as named_records_count
    from named

),

sighted as (

    select coalesce(sum(records_count), 0) as sighted_records_count
    from {{ ref('int_identity__sightings') }}

),

different as (

    select
        canonical.named_records_count,
        sighted.sighted_records_count
    from canonical
    cross join sighted
    where canonical.named_records_count <> sighted.sighted_records_count

)

select * from different
