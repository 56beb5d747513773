{#-
    Who moved between two segments from the date at which memberships of the period before were frozen to that of the
    period, and what they bought in both: all that splits a segment's growth. From "entered" where the customer had not
    been known.
-#}
{% macro kpi_movers(of_models) -%}
with periods as (

    select * from {{ ref('int_kpis__periods') }}
    where
        {{ computed_memberships() }}
        and {{ computed_period_kind() }}
        and previous_membership_date is not null

),

moves as (

    select * from {{ ref('int_segmentations__moves') }}
    where scheme {{ '' if of_models else 'not ' }}in ('{{ var("model_schemes") | join("', '") }}')

),

customer_months as (

    select * from {{ ref('int_kpis__customer_months') }}

),

movers as (

    select
        moves.customer_id,
        moves.scheme,
        arg_min(coalesce(moves.from_segment_code, 'entered'), moves.as_of_date) as from_segment_code,
        arg_max(moves.to_segment_code, moves.as_of_date) as to_segment_code,
        periods.period_kind,
        periods.membership_date
    from moves
    inner join periods
        on moves.as_of_date > periods.previous_membership_date and moves.as_of_date <= periods.membership_date
    group by moves.customer_id, moves.scheme, periods.period_kind, periods.membership_date
    having from_segment_code <> to_segment_code

),

bought as (

    select
        customer_months.customer_id,
        {% for measure, type in {'order_count': 'bigint', 'net_revenue_amount': 'decimal(18, 4)'}.items() -%}
        cast(
            sum(customer_months.{{ measure }}) filter (where customer_months.month_start_date <= periods.membership_date)
            as {{ type }}
        ) as {{ measure }}_before,
        cast(
            sum(customer_months.{{ measure }}) filter (where customer_months.month_start_date > periods.membership_date)
            as {{ type }}
        ) as {{ measure }}_now,
        {% endfor -%}
        periods.period_kind,
        periods.membership_date
    from customer_months
    inner join periods
        on
            customer_months.month_start_date >= periods.previous_start_date
            and customer_months.month_start_date <= periods.period_end_date
    where customer_months.customer_id is not null
    group by customer_months.customer_id, periods.period_kind, periods.membership_date

),

sums as (

    select
        movers.scheme,
        movers.from_segment_code,
        movers.to_segment_code,
        movers.period_kind,
        count(*) as customers_count,
        {% for when in ['before', 'now'] -%}
        cast(coalesce(sum(bought.order_count_{{ when }}), 0) as bigint) as order_{{ when }}_count,
        cast(coalesce(sum(bought.net_revenue_amount_{{ when }}), 0) as decimal(38, 4)) as net_revenue_{{ when }}_amount,
        {% endfor -%}
        movers.membership_date
    from movers
    left join bought
        on
            movers.customer_id = bought.customer_id
            and movers.period_kind = bought.period_kind
            and movers.membership_date = bought.membership_date
    group by
        movers.scheme,
        movers.from_segment_code,
        movers.to_segment_code,
        movers.period_kind,
        movers.membership_date

)

select * from sums
{%- endmacro %}
