-- One row per customer, custom scheme and as_of_date: the schemes that tessera.yml writes as rules. Their limits are
-- fixed, so the segment under the previous boundaries is the segment itself. A scheme joins only the families that its
-- rules ask.
{{ config(materialized='as_of_history', enabled=var('custom_schemes') | length > 0) }}
{% set custom_schemes = var('custom_schemes') %}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

{% for family in custom_schemes | map(attribute='families') | sum(start=[]) | unique | sort -%}
{{ family }} as (

    select * from {{ ref(family) }}
    where {{ computed_now() }}

),

{% endfor -%}
{% for scheme in custom_schemes -%}
{% set first_family = scheme.families[0] -%}
{{ scheme.scheme }}_assigned as (

    select
        {{ first_family }}.customer_id,
        {{ scheme.case_sql }} as segment_code,
        {% for feature in scheme.features -%}
        {{ feature }},
        {% endfor -%}
        as_of_dates.is_tonight,
        {{ first_family }}.as_of_date
    from {{ first_family }}
    inner join as_of_dates on {{ first_family }}.as_of_date = as_of_dates.as_of_date
    {% for family in scheme.families[1:] -%}
    inner join {{ family }}
        on
            {{ first_family }}.customer_id = {{ family }}.customer_id
            and {{ first_family }}.as_of_date = {{ family }}.as_of_date
    {% endfor %}
),

{{ scheme.scheme }}_explained as (

    select
        customer_id,
        '{{ scheme.scheme }}' as scheme,
        segment_code,
        case
            when not is_tonight then null
            {% for segment in scheme.reasons -%}
            when segment_code = '{{ segment.segment_code }}'
                then [
                    {% for feature in segment.features -%}
                    {{ reason(feature, feature, '0') }}{{ ',' if not loop.last }}
                    {% endfor -%}
                ]
            {% endfor -%}
        end as reasons,
        as_of_date
    from {{ scheme.scheme }}_assigned

),

{% endfor -%}
combined as (

    {% for scheme in custom_schemes -%}
    select * from {{ scheme.scheme }}_explained
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

segmented as (

    select
        customer_id,
        scheme,
        segment_code,
        segment_code as segment_code_on_previous_boundaries,
        cast(null as double) as score,
        cast(null as double) as confidence,
        reasons,
        as_of_date
    from combined

)

select * from segmented
