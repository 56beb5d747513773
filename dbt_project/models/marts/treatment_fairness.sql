-- One row per dimension, option, protected attribute and value: how many of the customers of that value have the
-- option, beside all others of whom the attribute is known. Small cells are folded: values of too few customers into
-- the value "other", and options that too few of a value have into the option "other", each with the next smallest if
-- they are too few together.
{% set policy = var('treatment_policy') %}
{% set dimensions = policy.get('dimensions', []) %}
{% set minimum = var('minimum_cell_customers') %}

with inputs as (

    select * from {{ ref('int_treatments__inputs') }}

),

choices as (

    select * from {{ ref('int_treatments__choices') }}

),

attributes as (

    {% for protected_attribute in policy.get('compared_attributes', []) -%}
    select
        customer_id,
        '{{ protected_attribute }}' as protected_attribute,
        cast({{ protected_attribute }} as varchar) as attribute_value
    from inputs
    where {{ protected_attribute }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

value_sizes as (

    select
        protected_attribute,
        attribute_value,
        count(*) as customers_count
    from attributes
    group by protected_attribute, attribute_value

),

smaller_values as (

    select
        *,
        coalesce(
            sum(customers_count) over (
                partition by protected_attribute
                order by customers_count asc, attribute_value asc
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as smaller_count
    from value_sizes

),

reported_values as (

    select
        protected_attribute,
        attribute_value,
        case
            when customers_count < {{ minimum }} or smaller_count between 1 and {{ minimum - 1 }} then 'other'
            else attribute_value
        end as reported_value
    from smaller_values

),

chosen as (

    select
        attributes.protected_attribute,
        reported_values.reported_value as attribute_value,
        {% for dimension in dimensions -%}
        choices.{{ dimension.code }}_rule_number,
        {% endfor -%}
        attributes.customer_id
    from attributes
    inner join reported_values
        on
            attributes.protected_attribute = reported_values.protected_attribute
            and attributes.attribute_value = reported_values.attribute_value
    inner join choices on attributes.customer_id = choices.customer_id

),

option_sizes as (

    {% for dimension in dimensions -%}
    select
        '{{ dimension.code }}' as dimension,
        protected_attribute,
        attribute_value,
        case {{ dimension.code }}_rule_number
            {% for rule in dimension.rules -%}
            when {{ rule.number }} then '{{ rule.option_code }}'
            {% endfor -%}
        end as option_code,
        count(*) as given_count
    from chosen
    group by protected_attribute, attribute_value, option_code
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

with_totals as (

    select
        *,
        sum(given_count) over (partition by dimension, protected_attribute, attribute_value) as customers_count,
        sum(given_count) over (partition by dimension, protected_attribute, option_code) as all_given_count,
        sum(given_count) over (partition by dimension, protected_attribute) as all_customers_count,
        coalesce(
            sum(given_count) over (
                partition by dimension, protected_attribute, attribute_value
                order by given_count asc, option_code asc
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as smaller_count
    from option_sizes

),

folded as (

    select
        dimension,
        protected_attribute,
        attribute_value,
        case
            when given_count < {{ minimum }} or smaller_count between 1 and {{ minimum - 1 }} then 'other'
            else option_code
        end as reported_option_code,
        sum(given_count) as given_count,
        any_value(customers_count) as customers_count,
        -- Of options that stand together nobody can say how they compare.
        case when reported_option_code <> 'other' then any_value(all_given_count) end as all_given_count,
        any_value(all_customers_count) as all_customers_count
    from with_totals
    group by dimension, protected_attribute, attribute_value, reported_option_code

),

compared as (

    select
        *,
        all_customers_count - customers_count as others_count,
        all_given_count - given_count as others_given_count,
        {{ ratio('given_count', 'customers_count') }} as given_share,
        {{ ratio('others_given_count', 'others_count') }} as others_share,
        {{ treated_share_limit('given_count', 'customers_count', '-') }} as share_low,
        {{ treated_share_limit('given_count', 'customers_count', '+') }} as share_high,
        {{ treated_share_limit('others_given_count', 'others_count', '-') }} as others_low,
        {{ treated_share_limit('others_given_count', 'others_count', '+') }} as others_high
    from folded

),

-- The interval of a difference of two shares by Newcombe (1998), his method 10.
differing as (

    select
        *,
        given_share - others_share as difference,
        difference - sqrt(pow(given_share - share_low, 2) + pow(others_high - others_share, 2)) as difference_low,
        difference + sqrt(pow(share_high - given_share, 2) + pow(others_share - others_low, 2)) as difference_high
    from compared

),

policy_inputs as (

    {% for dimension in dimensions -%}
    select
        '{{ dimension.code }}' as dimension,
        {{ sql_text(dimension.title) }} as dimension_name,
        {{ sql_text(dimension.inputs | join(', ')) }} as inputs,
        {{ 'true' if dimension.protected_inputs else 'false' }} as has_protected_inputs
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

treatment_fairness as (

    select
        differing.dimension,
        differing.reported_option_code as option_code,
        differing.protected_attribute,
        differing.attribute_value,
        policy_inputs.dimension_name,
        policy_inputs.inputs,
        cast(differing.customers_count as bigint) as customers_count,
        cast(differing.given_count as bigint) as given_count,
        differing.given_share,
        differing.others_share,
        differing.difference as difference_share,
        differing.difference_low as difference_share_low,
        differing.difference_high as difference_share_high,
        policy_inputs.has_protected_inputs,
        coalesce(
            abs(differing.difference) >= {{ var('fairness_minimum_difference') }}
            and (differing.difference_low > 0 or differing.difference_high < 0)
            and least(differing.customers_count, differing.others_count) >= {{ var('fairness_minimum_customers') }},
            false
        ) as is_flagged,
        {{ tonight() }} as as_of_date
    from differing
    inner join policy_inputs on differing.dimension = policy_inputs.dimension

)

select * from treatment_fairness
