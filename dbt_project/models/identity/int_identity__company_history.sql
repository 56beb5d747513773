-- One row per company and unbroken stretch of days in which what its records say did not change: what was known of the
-- company then. The newest word counts, and where that is silent an older one. What the first record says first is
-- taken to have been so before, since sources rarely tell since when.
{{ config(materialized='table') }}
{% set values = [
    'parent_company_ref', 'industry_code', 'industry_code_system', 'industry', 'structure', 'country', 'region',
    'employees_count', 'annual_revenue_amount',
] %}

with companies as (

    select * from {{ ref('int_canonical__companies') }}

),

company_map as (

    select * from {{ ref('int_identity__company_map') }}

),

country_names as (

    select * from {{ ref('country_names') }}

),

versions as (

    select
        company_map.company_id,
        companies.source_name,
        companies.company_ref,
        {% for column in values if column != 'country' -%}
        companies.{{ column }},
        {% endfor -%}
        coalesce(country_names.country_code, upper(companies.country)) as country,
        companies.valid_from as said_at,
        cast(companies.valid_from as date) as said_date,
        cast(
            lead(companies.valid_from) over (
                partition by companies.source_name, companies.company_ref
                order by companies.valid_from asc nulls first
            ) as date
        ) as next_said_date
    from companies
    inner join company_map on companies.company_ref = company_map.company_ref
    left join country_names on {{ country_key('companies.country') }} = country_names.name

),

-- Of two versions on one day the later one is all that the day knows. A record counts from the day it first spoke; the
-- company's first one has always counted.
speaking as (

    select
        *,
        case
            when said_date is null or said_date = min(said_date) over (partition by company_id) then date '1900-01-01'
            else said_date
        end as counts_from
    from versions
    where next_said_date is null or next_said_date is distinct from said_date

),

changes as (

    select distinct
        company_id,
        counts_from as valid_from
    from speaking

),

known_then as (

    select
        changes.company_id,
        changes.valid_from,
        {% for column in values -%}
        speaking.{{ column }},
        {% endfor -%}
        row_number() over (
            partition by changes.company_id, changes.valid_from
            order by speaking.said_at desc nulls last, speaking.company_ref asc, speaking.source_name asc
        ) as survivor_rank
    from changes
    inner join speaking
        on
            changes.company_id = speaking.company_id
            and changes.valid_from >= speaking.counts_from
            and (speaking.next_said_date is null or changes.valid_from < speaking.next_said_date)

),

golden as (

    select
        company_id,
        {% for column in values if not column.startswith('industry_code') -%}
        arg_min({{ column }}, survivor_rank) as {{ column }},
        {% endfor -%}
        arg_min(industry_code, survivor_rank) as industry_code,
        -- The system is that of the code, whatever other records use.
        arg_min(industry_code_system, survivor_rank) filter (where industry_code is not null) as industry_code_system,
        valid_from
    from known_then
    group by company_id, valid_from

),

with_parents as (

    select
        golden.company_id,
        -- The record named as the parent may be another one of the company itself.
        nullif(company_map.company_id, golden.company_id) as parent_company_id,
        golden.industry_code,
        golden.industry_code_system,
        golden.industry,
        golden.structure,
        golden.country,
        golden.region,
        golden.employees_count,
        golden.annual_revenue_amount,
        golden.valid_from,
        lead(golden.valid_from) over (partition by golden.company_id order by golden.valid_from asc) as valid_to
    from golden
    left join company_map on golden.parent_company_ref = company_map.company_ref

)

select * from with_parents
