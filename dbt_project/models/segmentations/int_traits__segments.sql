-- One row per scheme, segment as it may be shown, trait and value of tonight: how many customers of the segment have
-- the value, and how many of all customers. Shares are of those of whom the trait is known. (Every scheme with every
-- trait is more than sqlfluff reads.)
{% set schemes = var('schemes') + var('custom_schemes') | map(attribute='scheme') | list %}

-- Not materialized, because every pair reads its two columns and nothing else.
with numbers as not materialized ( -- noqa: PRS

    select * from {{ ref('int_traits__numbers') }}

),

value_numbers as (

    select * from {{ ref('int_traits__value_numbers') }}

),

segment_numbers as (

    select * from {{ ref('int_traits__segment_numbers') }}

),

-- Each pair by itself, so that an array of segments times values holds its counts.
grouped as (

    {% for scheme in schemes -%}
    {% set is_last = loop.last -%}
    {% for trait in customer_traits() -%}
    select
        '{{ scheme }}' as scheme,
        '{{ trait.trait }}' as trait,
        {{ scheme }}_segment_number as segment_number,
        {{ trait.trait }}_value_number as value_number,
        count(*) as customers_count
    from numbers
    group by {{ scheme }}_segment_number, {{ trait.trait }}_value_number
    {% if not (is_last and loop.last) -%}
    union all
    {% endif -%}
    {% endfor -%}
    {% endfor %}

),

-- The number of what is not known has no word and is left out.
counted as (

    select
        segment_numbers.scheme,
        segment_numbers.reported_segment_code as segment_code,
        value_numbers.trait,
        value_numbers.trait_value,
        cast(sum(grouped.customers_count) as bigint) as customers_count,
        segment_numbers.as_of_date
    from grouped
    inner join segment_numbers
        on grouped.scheme = segment_numbers.scheme and grouped.segment_number = segment_numbers.segment_number
    inner join value_numbers
        on grouped.trait = value_numbers.trait and grouped.value_number = value_numbers.value_number
    group by
        segment_numbers.scheme,
        segment_numbers.reported_segment_code,
        value_numbers.trait,
        value_numbers.trait_value,
        segment_numbers.as_of_date

),

compared as (

    select
        scheme,
        segment_code,
        trait,
        trait_value,
        customers_count,
        sum(customers_count) over (partition by scheme, segment_code, trait, as_of_date) as known_count,
        sum(customers_count) over (partition by scheme, trait, trait_value, as_of_date) as all_customers_count,
        sum(customers_count) over (partition by scheme, trait, as_of_date) as all_known_count,
        as_of_date
    from counted

),

shared as (

    select
        scheme,
        segment_code,
        trait,
        trait_value,
        customers_count,
        {{ ratio('customers_count', 'known_count') }} as segment_share,
        {{ ratio('all_customers_count', 'all_known_count') }} as base_share,
        {{ ratio('known_count * all_customers_count', 'all_known_count') }} as expected_count,
        as_of_date
    from compared

)

select * from shared
