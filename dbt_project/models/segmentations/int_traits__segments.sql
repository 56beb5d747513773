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

members as (

    select
        assignments.scheme,
        folds.reported_segment_code as segment_code,
        traits.*
    from assignments
    inner join folds
        on
            assignments.scheme = folds.scheme
            and assignments.segment_code = folds.segment_code
            and assignments.as_of_date = folds.as_of_date
    inner join traits
        on assignments.customer_id = traits.customer_id and assignments.as_of_date = traits.as_of_date

),

-- All traits in one pass: in each row only the trait that was counted has a value. (sqlfluff cannot read the sets.)
grouped as (

    select
        scheme,
        segment_code,
        {% for trait in traits -%}
        {{ trait.trait }},
        {% endfor -%}
        count(*) as customers_count,
        as_of_date
    from members
    group by grouping sets ( -- noqa: PRS
        {% for trait in traits -%}
        (scheme, segment_code, as_of_date, {{ trait.trait }}){{ ',' if not loop.last }}
        {% endfor -%}
    )

),

counted as (

    select
        scheme,
        segment_code,
        case
            {% for trait in traits -%}
            when {{ trait.trait }} is not null then '{{ trait.trait }}'
            {% endfor -%}
        end as trait,
        coalesce({{ traits | map(attribute='trait') | join(', ') }}) as trait_value,
        customers_count,
        as_of_date
    from grouped
    where coalesce({{ traits | map(attribute='trait') | join(', ') }}) is not null

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
