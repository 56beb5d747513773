-- One row per cohort (month of the first order), group of it and month since that is over: how many bought again, and
-- what they have brought by then. Groups are all of the cohort, or those of one acquisition channel. Cohorts under
-- the privacy limit tell their size only, small channels are folded into "other".
{% set minimum = var('minimum_cell_customers') %}
{% set counts = ['run_up.retained_count', 'run_up.customers_count'] %}
{% set rates = [
    ['retained_count', 'run_up.retained_count', 'bigint'],
    ['bounded_retention_rate', ratio(counts[0], counts[1]), 'double'],
    ['bounded_retention_rate_low', share_bound(counts[0], counts[1], -1), 'double'],
    ['bounded_retention_rate_high', share_bound(counts[0], counts[1], 1), 'double'],
] %}

with customer_months as (

    select * from {{ ref('int_kpis__customer_months') }}
    where customer_id is not null

),

months as (

    select * from {{ ref('int_kpis__months') }}

),

purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where as_of_date = {{ tonight() }} and first_order_date is not null

),

demographics as (

    select * from {{ ref('feat_customers__demographics') }}
    where as_of_date = {{ tonight() }}

),

-- Every month of the window has its row, also one in which nobody did anything.
calendar as (

    select
        cast(unnest(generate_series(min(input_date), max(input_date), interval 1 month)) as date) as month_start_date,
        (select {{ month_start('min(purchases.first_order_date)') }} from purchases) as first_cohort_month
    from months

),

founders as (

    select
        purchases.customer_id,
        coalesce(demographics.acquisition_channel, 'unknown') as acquisition_channel,
        {{ month_start('purchases.first_order_date') }} as cohort_month,
        {{ month_start('purchases.last_order_date') }} as last_order_month
    from purchases
    left join demographics on purchases.customer_id = demographics.customer_id
    where {{ month_start('purchases.first_order_date') }} in (select calendar.month_start_date from calendar)

),

channel_sizes as (

    select
        acquisition_channel,
        count(*) as customers_count,
        cohort_month
    from founders
    group by acquisition_channel, cohort_month

),

-- As segments are folded: when the small ones are too few even together, the next smallest joins them.
channels as (

    select
        acquisition_channel,
        case
            when
                customers_count < {{ minimum }}
                or coalesce(
                    sum(customers_count) over (
                        partition by cohort_month
                        order by customers_count asc, acquisition_channel asc
                        rows between unbounded preceding and 1 preceding
                    ),
                    0
                ) between 1 and {{ minimum - 1 }}
                then 'other'
            else acquisition_channel
        end as group_name,
        cohort_month
    from channel_sizes

),

-- Months by customer once, whatever groups they are counted in. Who answers or asks before the first order is no
-- part of a cohort yet.
activity as (

    select
        founders.acquisition_channel,
        founders.cohort_month,
        customer_months.month_start_date,
        count(*) filter (where customer_months.order_count > 0) as retained_count,
        sum(customer_months.net_revenue_amount) as net_revenue_amount,
        sum(customer_months.margin_amount) as margin_amount
    from founders
    inner join customer_months
        on
            founders.customer_id = customer_months.customer_id
            and founders.cohort_month <= customer_months.month_start_date
    group by founders.acquisition_channel, founders.cohort_month, customer_months.month_start_date

),

last_orders as (

    select
        acquisition_channel,
        cohort_month,
        last_order_month,
        count(*) as customers_count
    from founders
    group by acquisition_channel, cohort_month, last_order_month

),

-- One row per thing that is added up: of a cohort, of a month of it, of its last orders.
facts as (

    select
        acquisition_channel,
        cohort_month,
        month_start_date,
        retained_count,
        net_revenue_amount,
        margin_amount,
        0 as last_count
    from activity
    union all
    select
        acquisition_channel,
        cohort_month,
        last_order_month as month_start_date,
        0 as retained_count,
        0 as net_revenue_amount,
        0 as margin_amount,
        customers_count as last_count
    from last_orders
    union all
    select
        channel_sizes.acquisition_channel,
        channel_sizes.cohort_month,
        calendar.month_start_date,
        0 as retained_count,
        0 as net_revenue_amount,
        0 as margin_amount,
        0 as last_count
    from channel_sizes
    inner join calendar on channel_sizes.cohort_month <= calendar.month_start_date

),

grouped as (

    select
        'all' as group_kind,
        'all' as group_name,
        cohort_month,
        month_start_date,
        sum(retained_count) as retained_count,
        sum(net_revenue_amount) as net_revenue_amount,
        sum(margin_amount) as margin_amount,
        sum(last_count) as last_count
    from facts
    group by cohort_month, month_start_date
    union all
    select
        'acquisition_channel' as group_kind,
        channels.group_name,
        facts.cohort_month,
        facts.month_start_date,
        sum(facts.retained_count) as retained_count,
        sum(facts.net_revenue_amount) as net_revenue_amount,
        sum(facts.margin_amount) as margin_amount,
        sum(facts.last_count) as last_count
    from facts
    inner join channels
        on facts.acquisition_channel = channels.acquisition_channel and facts.cohort_month = channels.cohort_month
    group by channels.group_name, facts.cohort_month, facts.month_start_date

),

run_up as (

    select
        group_kind,
        group_name,
        cohort_month,
        month_start_date,
        retained_count,
        sum(last_count) over whole_cohort as customers_count,
        -- Whose last order is of this month or later has bought in it or later.
        sum(last_count) over from_now_on as rolling_count,
        sum(net_revenue_amount) over so_far as net_revenue_amount,
        sum(margin_amount) over so_far as margin_amount
    from grouped
    window
        whole_cohort as (partition by group_kind, group_name, cohort_month),
        so_far as (
            partition by group_kind, group_name, cohort_month
            order by month_start_date asc
            rows between unbounded preceding and current row
        ),
        from_now_on as (
            partition by group_kind, group_name, cohort_month
            order by month_start_date asc
            rows between current row and unbounded following
        )

),

cohorts as (

    select
        run_up.group_kind,
        run_up.group_name,
        cast(datediff('month', run_up.cohort_month, run_up.month_start_date) as bigint) as months_since,
        cast(run_up.customers_count as bigint) as customers_count,
        {% for column, value, type in rates + [
            ['rolling_retention_rate', ratio('run_up.rolling_count', 'run_up.customers_count'), 'double'],
            [
                'net_revenue_to_date_per_customer_amount',
                ratio('run_up.net_revenue_amount', 'run_up.customers_count'),
                'decimal(18, 2)',
            ],
            [
                'margin_to_date_per_customer_amount',
                ratio('run_up.margin_amount', 'run_up.customers_count'),
                'decimal(18, 2)',
            ],
        ] -%}
        cast(
            case when run_up.customers_count >= {{ minimum }} then {{ value }} end as {{ type }}
        ) as {{ column }},
        {% endfor -%}
        run_up.cohort_month > calendar.first_cohort_month as is_new_for_sure,
        run_up.cohort_month as cohort_month_date,
        run_up.month_start_date
    from run_up
    -- A month that is not over has no cell.
    inner join calendar on run_up.month_start_date = calendar.month_start_date

)

select * from cohorts
