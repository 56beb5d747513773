-- All money of a period is in one place: the revenue of a scheme's segments and of whoever became known within the
-- period is that of all known customers, and that of orders which name nobody is told beside it.
with periods as (

    select * from {{ ref('int_kpis__periods') }}

),

sums as (

    select * from {{ ref('int_kpis__sums') }}

),

customer_days as (

    select
        {{ month_start('activity_date') }} as month_start_date,
        sum(net_revenue_amount) as net_revenue_amount
    from {{ ref('int_purchases__customer_days') }}
    group by {{ month_start('activity_date') }}

),

anonymous_lines as (

    select
        {{ month_start('order_date') }} as month_start_date,
        sum(net_amount) as net_revenue_amount
    from {{ ref('int_identity__order_lines') }}
    where customer_id is null
    group by {{ month_start('order_date') }}

),

sold as (

    {% for whose, relation in {'known': 'customer_days', 'anonymous': 'anonymous_lines'}.items() -%}
    select
        '{{ whose }}' as whose,
        periods.period_kind,
        coalesce(sum({{ relation }}.net_revenue_amount), 0) as sold_amount,
        periods.membership_date
    from periods
    left join {{ relation }}
        on
            periods.period_start_date <= {{ relation }}.month_start_date
            and periods.period_end_date >= {{ relation }}.month_start_date
    group by periods.period_kind, periods.membership_date
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor %}

),

told as (

    select
        scheme,
        case when segment_code = 'anonymous' then 'anonymous' else 'known' end as whose,
        period_kind,
        sum(net_revenue_amount) as told_amount,
        sum(case when segment_code = 'entered' then net_revenue_amount else 0 end) as entered_amount,
        membership_date
    from sums
    group by scheme, whose, period_kind, membership_date

),

different as (

    select
        told.scheme,
        sold.whose,
        sold.period_kind,
        sold.sold_amount,
        told.told_amount,
        sold.membership_date
    from sold
    left join told
        on
            sold.whose = told.whose
            and sold.period_kind = told.period_kind
            and sold.membership_date = told.membership_date
    left join told as everybody
        on
            everybody.scheme = 'all'
            and everybody.whose = 'known'
            and sold.period_kind = everybody.period_kind
            and sold.membership_date = everybody.membership_date
    where
        coalesce(told.told_amount, 0)
        + case when told.scheme <> 'all' then coalesce(everybody.entered_amount, 0) else 0 end
        <> sold.sold_amount

)

select * from different
