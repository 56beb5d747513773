-- One row per customer and unbroken stretch of days in which the golden record did not change: what was known of the
-- customer then. Every value is the best word that any of the customer's records had at that time.
{{ config(materialized='table') }}

with attribute_versions as (

    select * from {{ ref('int_identity__attribute_versions') }}

),

-- A record counts from the day it first spoke; the customer's first one has always counted.
speaking as (

    select
        *,
        case
            when said_date is null or said_date = min(said_date) over (partition by customer_id) then date '1900-01-01'
            else said_date
        end as counts_from
    from attribute_versions

),

changes as (

    select distinct
        customer_id,
        counts_from as valid_from
    from speaking

),

known_then as (

    select
        changes.customer_id,
        changes.valid_from,
        {% for column in attributes() + consents() -%}
        speaking.{{ column }},
        {% endfor -%}
        row_number() over (
            partition by changes.customer_id, changes.valid_from
            order by
                speaking.source_rank asc,
                speaking.said_date desc nulls last,
                speaking.filled_count desc,
                speaking.source_name asc nulls last,
                speaking.record_id asc
        ) as survivor_rank,
        dense_rank() over (
            partition by changes.customer_id, changes.valid_from
            order by speaking.said_date desc nulls last
        ) as newest_rank
    from changes
    inner join speaking
        on
            changes.customer_id = speaking.customer_id
            and changes.valid_from >= speaking.counts_from
            and (speaking.valid_to is null or changes.valid_from < speaking.valid_to)

),

golden as (

    select
        customer_id,
        {% for column in attributes() -%}
        arg_min({{ column }}, survivor_rank) as {{ column }},
        {% endfor -%}
        {% for column in consents() -%}
        -- Of a day's yes and no the no.
        arg_min({{ column }}, 2 * newest_rank + cast({{ column }} as integer)) as {{ column }},
        {% endfor -%}
        valid_from
    from known_then
    group by customer_id, valid_from

),

ended as (

    select
        *,
        lead(valid_from) over (partition by customer_id order by valid_from) as valid_to
    from golden

)

select * from ended
