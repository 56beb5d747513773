-- One row per dimension and rule of the treatment policy: whom it fitted, who got its option, whom its limits turned
-- away, and what one more place would be worth. Of each dimension, given adds up to all customers.
{% set policy = var('treatment_policy') %}

with choices as (

    select * from {{ ref('int_treatments__choices') }}

),

counted as (

    select
        -- In one pass over the customers, however many rules there are.
        [
            {% for dimension in policy.get('dimensions', []) -%}
            {% set comma = ',' if not loop.last else '' -%}
            {% for rule in dimension.rules -%}
            {% set chosen = dimension.code ~ '_rule_number = ' ~ rule.number -%}
            {% set crowded = 'list_contains(' ~ dimension.code ~ '_crowded_rules, ' ~ rule.number ~ ')' -%}
            {% set tired = 'list_contains(' ~ dimension.code ~ '_tired_rules, ' ~ rule.number ~ ')' -%}
            {% set crowded_count = 'count(*) filter (where ' ~ crowded ~ ')' if rule.places_sql else 0 -%}
            {% set tired_count = 'count(*) filter (where ' ~ tired ~ ')' if rule.fatigue_contacts else 0 -%}
            {% set places = 'any_value(' ~ rule.places_sql ~ ')' if rule.places_sql else 'cast(null as bigint)' -%}
            {
                'dimension': '{{ dimension.code }}',
                'dimension_name': {{ sql_text(dimension.title) }},
                'rule_code': '{{ rule.code }}',
                'option_code': '{{ rule.option_code }}',
                'option_name': {{ sql_text(rule.option_name) }},
                'rule_name': {{ sql_text(rule.name) if rule.name else 'cast(null as varchar)' }},
                'conditions': {{ sql_text(rule.conditions) }},
                'gain_measure': {{ sql_text(rule.gain_name) if rule.gain_name else 'cast(null as varchar)' }},
                'rule_number': {{ rule.number }},
                'given_count': count(*) filter (where {{ chosen }}),
                'displaced_by_capacity_count': {{ crowded_count }},
                'displaced_by_fatigue_count': {{ tired_count }},
                'capacity_count': {{ places }},
                'budget_amount': cast({{ rule.budget or 'null' }} as decimal(18, 2)),
                'cost_amount': cast({{ rule.cost or 'null' }} as decimal(18, 2)),
                'expected_gain_amount': cast(
                    {{ 'sum(' ~ rule.gain_sql ~ ') filter (where ' ~ chosen ~ ')' if rule.gain_sql else 'null' }}
                    as decimal(18, 2)
                ),
                'last_given_gain_amount': cast(
                    {{ 'min(' ~ rule.gain_sql ~ ') filter (where ' ~ chosen ~ ')' if rule.gain_sql else 'null' }}
                    as decimal(18, 2)
                ),
                'first_displaced_gain_amount': cast(
                    {{ 'max(' ~ rule.gain_sql ~ ') filter (where ' ~ crowded ~ ')' if rule.gain_sql else 'null' }}
                    as decimal(18, 2)
                )
            }{{ ',' if not loop.last else comma }}
            {% endfor -%}
            {% endfor %}
        ] as rules,
        any_value(as_of_date) as as_of_date
    from choices

),

unnested as (

    select
        unnest(rules) as counts,
        as_of_date
    from counted

),

treatment_rules as (

    select
        counts.dimension,
        counts.rule_code,
        counts.option_code,
        counts.dimension_name,
        counts.option_name,
        counts.rule_name,
        counts.conditions,
        counts.gain_measure,
        cast(counts.rule_number as integer) as rule_number,
        cast(counts.given_count + counts.displaced_by_capacity_count + counts.displaced_by_fatigue_count as bigint)
            as matched_count,
        cast(counts.given_count as bigint) as given_count,
        cast(counts.displaced_by_capacity_count as bigint) as displaced_by_capacity_count,
        cast(counts.displaced_by_fatigue_count as bigint) as displaced_by_fatigue_count,
        cast(counts.capacity_count as bigint) as capacity_count,
        counts.budget_amount,
        counts.cost_amount,
        cast(counts.given_count * counts.cost_amount as decimal(18, 2)) as planned_cost_amount,
        counts.expected_gain_amount,
        counts.last_given_gain_amount,
        counts.first_displaced_gain_amount,
        unnested.as_of_date
    from unnested

)

select * from treatment_rules
