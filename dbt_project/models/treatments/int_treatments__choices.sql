-- One row per customer: of each dimension of treatment the number of the rule that decides, the first that fits. A
-- rule with a limit takes those with most to gain (ties by customer_id), and whoever has no place, or was contacted
-- too often of late, goes on to the next rule that fits. Both are noted, since they are why somebody does not get
-- something.
{% set dimensions = var('treatment_policy').get('dimensions', []) %}
{% set previous = namespace(step='asked') %}

with inputs as (

    select * from {{ ref('int_treatments__inputs') }}

),

asked as (

    select
        customer_id,
        expected_margin,
        margin_at_risk,
        margin_365d,
        measured_gain,
        {% for days in var('treatment_policy').get('fatigue_days', []) -%}
        contact_{{ days }}d_count,
        {% endfor -%}
        {% for dimension in dimensions -%}
        {% for rule in dimension.rules if rule.fits_sql -%}
        coalesce({{ rule.fits_sql }}, false) as {{ dimension.code }}_{{ rule.number }}_fits,
        {% endfor -%}
        {% endfor -%}
        count(*) over () as customers_count,
        as_of_date
    from inputs

),

{% for dimension in dimensions -%}
{% set last = namespace(number=0) -%}
{% for rule in limited_rules(dimension) -%}
{% set this = dimension.code ~ '_' ~ rule.number -%}
{{ this }}_came as (

    select
        *,
        {% if last.number -%}
        coalesce(
            {{ dimension.code }}_{{ last.number }}_chosen,
            {{ first_open_rule(dimension, last.number, rule.number) }}
        ) as {{ this }}_before,
        {% else -%}
        {{ first_open_rule(dimension, 0, rule.number) }} as {{ this }}_before,
        {% endif -%}
        {{ this }}_before is null and {{ this }}_fits as {{ this }}_came,
        {% if rule.fatigue_contacts -%}
        {{ this }}_came and contact_{{ rule.fatigue_days }}d_count >= {{ rule.fatigue_contacts }} as {{ this }}_tired,
        {% else -%}
        false as {{ this }}_tired,
        {% endif -%}
        {{ this }}_came and not {{ this }}_tired as {{ this }}_eligible
    from {{ previous.step }}

),

{{ this }}_decided as (

    select
        *,
        {% if rule.places_sql -%}
        {{ this }}_eligible and row_number() over (
            partition by {{ this }}_eligible
            order by {{ rule.gain_sql }} desc nulls last, customer_id asc
        ) > {{ rule.places_sql }} as {{ this }}_crowded,
        {% else -%}
        false as {{ this }}_crowded,
        {% endif -%}
        case
            when {{ this }}_eligible and not {{ this }}_crowded then {{ rule.number }}
            else {{ this }}_before
        end as {{ this }}_chosen
    from {{ this }}_came

),

{% set last.number = rule.number -%}
{% set previous.step = this ~ '_decided' -%}
{% endfor -%}
{% endfor -%}
choices as (

    select
        customer_id,
        {% for dimension in dimensions -%}
        {% set limited = limited_rules(dimension) -%}
        coalesce(
            {% if limited -%}
            {{ dimension.code }}_{{ limited[-1].number }}_chosen,
            {% endif -%}
            {{ first_open_rule(dimension, limited[-1].number if limited else 0, 1000000) }},
            {{ dimension.rules | length }}
        ) as {{ dimension.code }}_rule_number,
        {{ rules_marked(dimension, limited, 'tired') }} as {{ dimension.code }}_tired_rules,
        {{ rules_marked(dimension, limited, 'crowded') }} as {{ dimension.code }}_crowded_rules,
        {% endfor -%}
        customers_count,
        expected_margin,
        margin_at_risk,
        margin_365d,
        measured_gain,
        as_of_date
    from {{ previous.step }}

)

select * from choices
