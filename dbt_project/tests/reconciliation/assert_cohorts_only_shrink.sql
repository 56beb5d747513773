-- Of a cohort everybody bought in its first month, who buys in a month buys in it or later, and the latter only
-- become fewer. The channels of a cohort are the cohort.
with cohorts as (

    select
        *,
        lag(rolling_retention_rate) over (
            partition by group_kind, group_name, cohort_month_date
            order by months_since asc
        ) as previous_rolling_rate
    from {{ ref('cohort_retention') }}

),

sizes as (

    select
        cohort_month_date,
        sum(customers_count) filter (where group_kind = 'all') as customers_count,
        sum(customers_count) filter (where group_kind = 'acquisition_channel') as channels_count
    from cohorts
    where months_since = 0
    group by cohort_month_date

),

problems as (

    select
        'retention does not only fall' as problem,
        group_name,
        months_since,
        cohort_month_date
    from cohorts
    where
        rolling_retention_rate > previous_rolling_rate
        or bounded_retention_rate > rolling_retention_rate
        or (months_since = 0 and bounded_retention_rate <> 1)
    union all
    select
        'channels are not the cohort' as problem,
        'all' as group_name,
        0 as months_since,
        cohort_month_date
    from sizes
    where customers_count is distinct from channels_count

)

select * from problems
