-- One row per scheme, segment as it may be shown, trait and value of tonight: how many customers of the segment have
-- the value, and how many of all customers. Shares are of those of whom the trait is known.
{% set traits = customer_traits() %}

with assignments as (

    select * from {{ ref('int_segmentations__assignments') }}

),

folds as (

    select * from {{ ref('int_segmentations__folds') }}

),

traits as (

    select * from {{ ref('int_traits__customers') }}

),

-- Every value of every trait and every segment gets a number: numbers are counted several times as fast as words.
trait_values as (

    {% for trait in traits -%}
    select distinct
        '{{ trait.trait }}' as trait,
        {{ trait.trait }} as trait_value
    from traits
    where {{ trait.trait }} is not null
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}

),

numbered_values as (

    select
        *,
        cast(row_number() over (order by trait asc, trait_value asc) as integer) as value_number
    from trait_values

),

numbered_segments as (

    select
        *,
        cast(dense_rank() over (order by scheme asc, reported_segment_code asc, as_of_date asc) as integer)
            as segment_number
    from folds

),

coded as (

    select
        traits.customer_id,
        {% for trait in traits -%}
        {{ trait.trait }}_values.value_number as {{ trait.trait }},
        {% endfor -%}
        traits.as_of_date
    from traits
    {% for trait in traits -%}
    left join numbered_values as {{ trait.trait }}_values
        on
            {{ trait.trait }}_values.trait = '{{ trait.trait }}'
            and traits.{{ trait.trait }} = {{ trait.trait }}_values.trait_value
    {% endfor %}
),

members as (

    select
        numbered_segments.segment_number,
        coded.*
    from assignments
    inner join numbered_segments
        on
            assignments.scheme = numbered_segments.scheme
            and assignments.segment_code = numbered_segments.segment_code
            and assignments.as_of_date = numbered_segments.as_of_date
    inner join coded
        on assignments.customer_id = coded.customer_id and assignments.as_of_date = coded.as_of_date

),

-- A few traits together in one pass, and each of them from the combinations that occur: combinations are many times
-- fewer than customers, so that most of the counting is done once for all of them. (sqlfluff cannot read the sets.)
combined as (

    select
        segment_number,
        {% for trait in traits -%}
        {{ trait.trait }},
        {% endfor -%}
        {% for together in traits | batch(3) -%}
        grouping({{ together[0].trait }}) = 0 as has_{{ together[0].trait }},
        {% endfor -%}
        count(*) as customers_count
    from members
    group by grouping sets ( -- noqa: PRS
        {% for together in traits | batch(3) -%}
        (segment_number, {{ together | map(attribute='trait') | join(', ') }}){{ ',' if not loop.last }}
        {% endfor -%}
    )

),

grouped as (

    {% for together in traits | batch(3) -%}
    {% set is_last = loop.last -%}
    {% for trait in together -%}
    select
        segment_number,
        {{ trait.trait }} as value_number,
        sum(customers_count) as customers_count
    from combined
    where has_{{ together[0].trait }}
    group by segment_number, {{ trait.trait }}
    {% if not (is_last and loop.last) -%}
    union all
    {% endif -%}
    {% endfor -%}
    {% endfor %}

),

reported_segments as (

    select distinct
        segment_number,
        scheme,
        reported_segment_code as segment_code,
        as_of_date
    from numbered_segments

),

-- Of whom a trait is not known has no number and is left out.
counted as (

    select
        reported_segments.scheme,
        reported_segments.segment_code,
        numbered_values.trait,
        numbered_values.trait_value,
        cast(grouped.customers_count as bigint) as customers_count,
        reported_segments.as_of_date
    from grouped
    inner join reported_segments on grouped.segment_number = reported_segments.segment_number
    inner join numbered_values on grouped.value_number = numbered_values.value_number

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
