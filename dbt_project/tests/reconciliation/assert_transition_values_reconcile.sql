-- What customers are worth survives their steps: of every scheme and date it is what all customers are worth, on the
-- date and on the one before, and what a segment was worth where steps arrived is what it is worth where the next
-- ones begin.
with steps as (

    select * from {{ ref('int_kpis__kept_steps') }}
    {% if var('model_schemes') -%}
    union all by name
    select * from {{ ref('int_kpis__model_steps') }}
    {%- endif %}

),

purchases as (

    select
        as_of_date,
        sum(margin_365d_amount) as margin_amount
    from {{ ref('feat_customers__purchases') }}
    group by as_of_date

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

{% for when, side in {'now': 'to', 'before': 'from'}.items() -%}
sides_{{ when }} as (

    select
        steps.scheme,
        steps.{{ side }}_segment_code as segment_code,
        sum(steps.margin_{{ when }}_amount) as margin_amount,
        as_of_dates.{{ 'as_of_date' if when == 'now' else 'previous_as_of_date as as_of_date' }}
    from steps
    inner join as_of_dates on steps.as_of_date = as_of_dates.as_of_date
    where steps.{{ side }}_segment_code <> 'entered'
    group by all

),

totals_{{ when }} as (

    select
        scheme,
        as_of_date,
        sum(margin_amount) as margin_amount
    from sides_{{ when }}
    group by scheme, as_of_date

),

{% endfor -%}
problems as (

    {% for when in ['now', 'before'] -%}
    select
        'not what all customers are worth {{ when }}' as problem,
        totals_{{ when }}.scheme,
        cast(null as varchar) as segment_code,
        purchases.margin_amount as expected_amount,
        totals_{{ when }}.margin_amount as found_amount,
        totals_{{ when }}.as_of_date
    from totals_{{ when }}
    inner join purchases on totals_{{ when }}.as_of_date = purchases.as_of_date
    where totals_{{ when }}.margin_amount <> purchases.margin_amount
    union all
    {% endfor -%}
    select
        'leaves with another worth than it came with' as problem,
        sides_before.scheme,
        sides_before.segment_code,
        sides_now.margin_amount as expected_amount,
        sides_before.margin_amount as found_amount,
        sides_before.as_of_date
    from sides_before
    inner join sides_now
        on
            sides_before.scheme = sides_now.scheme
            and sides_before.segment_code = sides_now.segment_code
            and sides_before.as_of_date = sides_now.as_of_date
    where sides_before.margin_amount <> sides_now.margin_amount

)

select * from problems
