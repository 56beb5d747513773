-- One row per customer as of tonight: the features of every family in a few values each, a column a trait; null is not
-- known. What the traits are is said once, in the macro customer_traits.
{% set traits = customer_traits() %}
{% set families = traits | map(attribute='family') | unique | list %}
{% set fifths = traits | selectattr('fifths', 'defined') | list %}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_tonight

),

{% for family in families -%}
{{ family }} as (

    select features.*
    from {{ ref('feat_customers__' ~ family) }} as features
    inner join as_of_dates on features.as_of_date = as_of_dates.as_of_date

),

{% endfor -%}
-- Discrete quantiles are values that occur, so equal values always fall into the same fifth.
{% for trait in fifths -%}
{{ trait.trait }}_limits as (

    select quantile_disc({{ trait.fifths }}, [0.2, 0.4, 0.6, 0.8]) as upper_values
    from {{ trait.family }}

),

{% endfor -%}
described as (

    select
        {{ families[0] }}.customer_id,
        {% for trait in traits -%}
        {% if trait.fifths -%}
        case
            when {{ trait.fifths }} <= {{ trait.trait }}_limits.upper_values[1] then 'bottom'
            when {{ trait.fifths }} <= {{ trait.trait }}_limits.upper_values[2] then 'second'
            when {{ trait.fifths }} <= {{ trait.trait }}_limits.upper_values[3] then 'middle'
            when {{ trait.fifths }} <= {{ trait.trait }}_limits.upper_values[4] then 'fourth'
            when {{ trait.fifths }} is not null then 'top'
        end as {{ trait.trait }},
        {% else -%}
        cast({{ trait.value }} as varchar) as {{ trait.trait }},
        {% endif -%}
        {% endfor -%}
        {{ families[0] }}.as_of_date
    from {{ families[0] }}
    {% for family in families[1:] -%}
    inner join {{ family }} on {{ families[0] }}.customer_id = {{ family }}.customer_id
    {% endfor -%}
    {% for trait in fifths -%}
    cross join {{ trait.trait }}_limits
    {% endfor %}
)

select * from described
