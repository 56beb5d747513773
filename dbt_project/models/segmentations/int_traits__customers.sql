-- One row per customer as of tonight: the features of every family in a few values each, a column a trait; null is not
-- known. What the traits are is said once, in the macro customer_traits.
{{ config(materialized='customer_parts') }}
{% set traits = customer_traits() %}
{% set families = traits | map(attribute='family') | unique | list %}
{% set fifths = traits | selectattr('fifths', 'defined') | list %}

with {% for family in families -%}
{{ family }} as (

    select * from {{ ref('feat_customers__' ~ family) }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

{% endfor -%}
-- Of all customers, whichever part is computed. Discrete quantiles are values that occur, so equal values always fall
-- into the same fifth.
{% for trait in fifths -%}
{{ trait.trait }}_limits as (

    select quantile_disc({{ trait.fifths }}, [0.2, 0.4, 0.6, 0.8]) as upper_values
    from {{ ref('feat_customers__' ~ trait.family) }} as {{ trait.family }}
    where {{ trait.family }}.as_of_date = {{ tonight() }}

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
