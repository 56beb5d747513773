-- One row per scheme, segment, trait and value as of tonight: how many times as many customers of the segment have it
-- as of all customers, shrunken towards 1 where few are expected, with the interval. Counts under the privacy limit are
-- left out, and where those of one trait are too few even together the next smallest count with them, within the
-- segment and within the value, so that no small count can be worked out from the shares of the others.
{% set prior = var('trait_prior_customers') %}
{% set margin = 1 + var('trait_minimum_difference') %}

with counts as (

    select * from {{ ref('int_traits__segments') }}

),

trait_catalog as (

    select * from {{ ref('int_traits__catalog') }}

),

smaller as (

    select
        *,
        coalesce(
            sum(customers_count) over (
                partition by scheme, segment_code, trait
                order by customers_count asc, trait_value asc
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as smaller_in_segment_count,
        coalesce(
            sum(customers_count) over (
                partition by scheme, trait, trait_value
                order by customers_count asc, segment_code asc
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as smaller_in_value_count
    from counts

),

indexed as (

    select
        smaller.*,
        trait_catalog.trait_name,
        replace(trait_catalog.words, '{value}', smaller.trait_value) as words,
        {{ shrunken_index('smaller.customers_count', 'smaller.expected_count', prior) }} as trait_index,
        {{ shrunken_index_bound('smaller.customers_count', 'smaller.expected_count', prior, -1.959964) }}
            as index_lower,
        {{ shrunken_index_bound('smaller.customers_count', 'smaller.expected_count', prior, 1.959964) }}
            as index_upper,
        list_contains(trait_catalog.own_schemes, smaller.scheme) as is_own_input
    from smaller
    inner join trait_catalog on smaller.trait = trait_catalog.trait
    where
        smaller.customers_count >= {{ var('minimum_cell_customers') }}
        and smaller.smaller_in_segment_count not between 1 and {{ var('minimum_cell_customers') - 1 }}
        and smaller.smaller_in_value_count not between 1 and {{ var('minimum_cell_customers') - 1 }}

),

judged as (

    select
        *,
        trait_index > 1 as is_over,
        index_lower > {{ margin }} or index_upper < 1.0 / {{ margin }} as is_distinct,
        -- A large difference between shares that is sure to be one: neither rare traits nor tiny differences lead.
        abs(segment_share - base_share) * case
            when index_lower > 1 then ln(index_lower)
            when index_upper < 1 then -ln(index_upper)
            else 0
        end as strength
    from indexed

),

traits as (

    select
        scheme,
        segment_code,
        trait,
        trait_value,
        trait_name,
        words,
        case
            when not is_distinct and trait_index between 1.0 / {{ margin }} and {{ margin }}
                then 'about as many ' || words || ' as usual'
            when not is_distinct
                then 'perhaps ' || {{ times_words('trait_index') }} || ' times as many ' || words || ' as usual'
            when is_over then {{ times_words('trait_index') }} || ' times as many ' || words || ' as usual'
            else 'only ' || {{ times_words('trait_index') }} || ' times as many ' || words || ' as usual'
        end
        || ' (' || {{ times_words('index_lower') }} || '-' || {{ times_words('index_upper') }} || ')' as sentence,
        customers_count,
        segment_share,
        base_share,
        trait_index,
        index_lower,
        index_upper,
        row_number() over (
            partition by scheme, segment_code
            order by is_distinct desc, is_own_input asc, round(strength, 12) desc, trait asc, trait_value asc
        ) as rank,
        is_over,
        is_distinct,
        is_own_input,
        as_of_date
    from judged

)

select * from traits
