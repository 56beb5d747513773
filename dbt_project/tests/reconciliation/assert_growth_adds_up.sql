-- The effects of a segment's growth are its change, to the last digit, and the changes of a scheme's segments those
-- of the company: of the revenue of all known customers in the two periods.
with growth as (

    select * from {{ ref('int_kpis__growth') }}

),

months as (

    select
        month_start_date,
        sum(net_revenue_amount) as net_revenue_amount
    from {{ ref('int_kpis__customer_months') }}
    where customer_id is not null
    group by month_start_date

),

periods as (

    select * from {{ ref('int_kpis__periods') }}
    where previous_membership_date is not null

),

sold as (

    select
        periods.period_kind,
        coalesce(sum(
            case
                when months.month_start_date >= periods.period_start_date then months.net_revenue_amount
                else -months.net_revenue_amount
            end
        ), 0) as change_amount,
        periods.membership_date
    from periods
    left join months
        on
            periods.previous_start_date <= months.month_start_date
            and periods.period_end_date >= months.month_start_date
    group by periods.period_kind, periods.membership_date

),

schemes as (

    select
        scheme,
        period_kind,
        sum(change_amount) as change_amount,
        sum(mover_effect_amount + rate_effect_amount + mix_effect_amount) as effects_amount,
        membership_date
    from growth
    group by scheme, period_kind, membership_date

),

problems as (

    select
        'effects are not the change' as problem,
        scheme,
        segment_code,
        period_kind,
        change_amount as expected_amount,
        mover_effect_amount + rate_effect_amount + mix_effect_amount as found_amount,
        membership_date
    from growth
    where change_amount <> mover_effect_amount + rate_effect_amount + mix_effect_amount
    union all
    select
        'segments are not the company' as problem,
        schemes.scheme,
        cast(null as varchar) as segment_code,
        schemes.period_kind,
        sold.change_amount as expected_amount,
        schemes.effects_amount as found_amount,
        schemes.membership_date
    from schemes
    inner join sold on schemes.period_kind = sold.period_kind and schemes.membership_date = sold.membership_date
    where schemes.change_amount <> sold.change_amount or schemes.effects_amount <> sold.change_amount

)

select * from problems
