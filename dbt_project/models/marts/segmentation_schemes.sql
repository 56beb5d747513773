-- One row per scheme of the catalogue and scheme that tessera.yml writes as rules: what it asks, whether there are
-- segments of it tonight and why not. A scheme whose sources are connected may still know nothing of anybody, because
-- the records leave out what it looks at; it is then not available either.
{% set quoted_bounded_schemes = "'" ~ var('bounded_schemes') | join("', '") ~ "'" %}

with scheme_catalog as (

    select * from {{ ref('scheme_catalog') }}

),

segment_catalog as (

    select * from {{ ref('int_segmentations__catalog') }}

),

assignments as (

    select * from {{ ref('int_segmentations__assignments') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

connected as (

    {% for status in var('scheme_status') -%}
    select
        '{{ status.scheme }}' as scheme,
        '{{ status.status }}' as status,
        nullif('{{ status.reason | replace("'", "''") }}', '') as status_reason
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% else -%}
    select
        scheme,
        'available' as status,
        cast(null as varchar) as status_reason
    from scheme_catalog
    {% endfor %}
),

catalogued as (

    select
        scheme_catalog.scheme,
        scheme_catalog.scheme_name,
        scheme_catalog.question,
        scheme_catalog.method,
        scheme_catalog.inputs,
        scheme_catalog.source,
        scheme_catalog.owner,
        connected.status,
        connected.status_reason
    from scheme_catalog
    inner join connected on scheme_catalog.scheme = connected.scheme
    {% for scheme in var('custom_schemes') -%}
    union all
    select
        '{{ scheme.scheme }}' as scheme,
        {{ sql_text(scheme.scheme_name) }} as scheme_name,
        {{ sql_text(scheme.description) }} as question,
        'custom' as method,
        '{{ scheme.features | join(", ") }}' as inputs,
        'rules in tessera.yml' as source,
        {{ sql_text(scheme.segments[0].owner) }} as owner,
        'available' as status,
        cast(null as varchar) as status_reason
    {% endfor %}
),

tonight as (

    select
        as_of_date,
        boundaries_set_date
    from as_of_dates
    where is_tonight

),

placed as (

    select
        assignments.scheme,
        count(*) as customers_count,
        count(*) filter (where assignments.segment_code <> 'unknown') as known_count
    from assignments
    inner join tonight on assignments.as_of_date = tonight.as_of_date
    group by assignments.scheme

),

segments as (

    select
        scheme,
        count(*) filter (where segment_code <> 'unknown') as segments_count
    from segment_catalog
    group by scheme

),

gathered as (

    select
        catalogued.*,
        segments.segments_count,
        {{ ratio('placed.known_count', 'placed.customers_count') }} as customers_known_share,
        catalogued.status = 'available' and coalesce(placed.known_count, 0) = 0 as is_nobody_known,
        catalogued.scheme in ({{ quoted_bounded_schemes }}) as has_boundaries,
        tonight.boundaries_set_date,
        tonight.as_of_date
    from catalogued
    cross join tonight
    left join placed on catalogued.scheme = placed.scheme
    left join segments on catalogued.scheme = segments.scheme

),

schemes as (

    select
        scheme,
        scheme_name,
        question,
        method,
        case when is_nobody_known then 'not_available' else status end as status,
        case
            when is_nobody_known then 'the sources say too little to place anybody: it looks at ' || inputs
            else status_reason
        end as status_reason,
        source,
        owner,
        case when status = 'available' then segments_count end as segments_count,
        case when status = 'available' then customers_known_share end as customers_known_share,
        case when has_boundaries then boundaries_set_date end as boundaries_set_date,
        as_of_date
    from gathered

)

select * from schemes
