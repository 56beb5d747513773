-- One row per customer and attribute of the golden record: its value tonight, the source and record it was taken from
-- and the day on which that said so. For people who ask where a value comes from; nothing else reads it.
{{ config(materialized='view') }}

with attribute_versions as (

    select * from {{ ref('int_identity__attribute_versions') }}

),

current_versions as (

    select * from attribute_versions
    where valid_to is null

),

said as (

    {% for column in attributes() + consents() -%}
    select
        customer_id,
        '{{ column }}' as attribute, -- noqa: RF04
        cast({{ column }} as varchar) as attribute_value,
        coalesce(source_name, 'sighting') as source_name,
        record_id,
        said_date,
        source_rank,
        filled_count
    from current_versions
    where {{ column }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

survivors as (

    select
        customer_id,
        attribute,
        attribute_value,
        source_name,
        record_id,
        said_date
    from said
    qualify row_number() over (
        partition by customer_id, attribute
        order by
            case when starts_with(attribute, 'has_') then said_date end desc nulls last,
            -- Of a day's yes and no the no.
            case when starts_with(attribute, 'has_') then attribute_value end asc,
            source_rank asc,
            said_date desc nulls last,
            filled_count desc,
            source_name asc,
            record_id asc
    ) = 1

)

select * from survivors
