-- Every customer of whom a trait is known tonight is counted with it exactly once in every scheme, whatever segments
-- are folded together.
{% set schemes = var('schemes') + var('custom_schemes') | map(attribute='scheme') | list %}
{% set quoted_schemes = "'" ~ schemes | join("', '") ~ "'" %}

with known as (

    {% for trait in customer_traits() -%}
    select
        '{{ trait.trait }}' as trait,
        {{ trait.trait }} as trait_value,
        count(*) as known_count
    from {{ ref('int_traits__customers') }}
    where {{ trait.trait }} is not null
    group by {{ trait.trait }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}

),

schemes as (

    select unnest([{{ quoted_schemes }}]) as scheme

),

expected as (

    select
        schemes.scheme,
        known.trait,
        known.trait_value,
        known.known_count
    from known
    cross join schemes

),

counted as (

    select
        scheme,
        trait,
        trait_value,
        sum(customers_count) as counted_count
    from {{ ref('int_traits__segments') }}
    group by scheme, trait, trait_value

),

different as (

    select
        coalesce(expected.scheme, counted.scheme) as scheme,
        coalesce(expected.trait, counted.trait) as trait,
        coalesce(expected.trait_value, counted.trait_value) as trait_value,
        expected.known_count,
        counted.counted_count
    from expected
    full join counted
        on
            expected.scheme = counted.scheme
            and expected.trait = counted.trait
            and expected.trait_value = counted.trait_value
    where expected.known_count is distinct from counted.counted_count

)

select * from different
