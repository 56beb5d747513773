-- One row per campaign: who was in which arm, when, what it cost, and whether the arms may be held against each other:
-- somebody was held out, as many as planned, and the arms were alike before.
{% set metrics = {
    'response_rate': 'buyers',
    'orders': 'orders',
    'net_revenue': 'net revenue',
    'margin': 'margin',
} %}

with customers as (

    select * from {{ ref('int_campaigns__customers') }}

),

planned as (

    {% for campaign in var('campaigns') -%}
    select
        {{ sql_text(campaign.campaign_id) }} as campaign_id,
        {{ sql_text(campaign.campaign_name) }} as campaign_name,
        cast({{ 'null' if campaign.holdout_share is none else campaign.holdout_share }} as double)
            as planned_holdout_share,
        cast({{ 'null' if campaign.launches_on is none else sql_text(campaign.launches_on) }} as date)
            as launches_on_date
    {% if not loop.last %}union all
    {% endif %}
    {%- else -%}
    select
        cast(null as varchar) as campaign_id,
        cast(null as varchar) as campaign_name,
        cast(null as double) as planned_holdout_share,
        cast(null as date) as launches_on_date
    where false
    {%- endfor %}

),

arms as (

    select
        campaign_id,
        case when count(distinct channel) > 1 then 'several' else min(channel) end as channel,
        count(*) as customers_count,
        count(*) filter (where arm = 'treatment') as treatment_customers_count,
        count(*) filter (where arm = 'holdout') as holdout_customers_count,
        count(*) filter (where arm = 'both') as mixed_customers_count,
        count(*) filter (where arm = 'treatment' and order_count is not null) as measured_treatment_count,
        count(*) filter (where arm = 'holdout' and order_count is not null) as measured_holdout_count,
        sum(cost_amount) as cost_amount,
        sum(cost_amount) filter (where arm = 'treatment' and order_count is not null) as measured_cost_amount,
        bool_and(is_over) as is_over,
        min(assigned_date) as first_assigned_date,
        max(assigned_date) as last_assigned_date
    from customers
    group by campaign_id

),

expected as (

    select
        arms.*,
        coalesce(planned.campaign_name, arms.campaign_id) as campaign_name,
        planned.planned_holdout_share,
        planned.launches_on_date,
        arms.treatment_customers_count + arms.holdout_customers_count as both_count,
        {{ ratio('arms.holdout_customers_count', 'arms.treatment_customers_count + arms.holdout_customers_count') }}
            as holdout_share
    from arms
    left join planned on arms.campaign_id = planned.campaign_id

),

-- The chi-square test with one degree of freedom; below five expected in an arm it does not hold (Cochran 1954).
counted as (

    select
        *,
        case
            when
                holdout_customers_count > 0
                and both_count * least(planned_holdout_share, 1 - planned_holdout_share) >= 5
                then {{ two_sided_normal_p(
                    '((holdout_customers_count - both_count * planned_holdout_share)'
                    ~ ' / sqrt(both_count * planned_holdout_share * (1 - planned_holdout_share)))'
                ) }}
        end as sample_ratio_p_value
    from expected

),

sums_before as (

    select
        customers.campaign_id,
        customers.arm,
        {{ campaign_sums() }}
    from customers
    where customers.arm in ('treatment', 'holdout')
    group by customers.campaign_id, customers.arm

),

moments_before as (

    {% for metric in metrics -%}
    select
        campaign_id,
        arm,
        '{{ metric }}' as metric,
        customers_count,
        {{ ratio(metric ~ '_before_sum', 'customers_count') }} as mean,
        {{ sample_covariance(
            'cast(' ~ metric ~ '_before_squares as double)',
            'cast(' ~ metric ~ '_before_sum as double)',
            'cast(' ~ metric ~ '_before_sum as double)',
            'customers_count'
        ) }} as variance
    from sums_before
    where customers_count >= {{ var('minimum_cell_customers') }}
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor %}
),

differences_before as (

    select
        contacted.campaign_id,
        contacted.metric,
        {{ ratio('contacted.mean - held.mean', 'sqrt((contacted.variance + held.variance) / 2)') }}
            as standardised_difference,
        {{ ratio(
            'contacted.mean - held.mean',
            'sqrt(contacted.variance / contacted.customers_count + held.variance / held.customers_count)'
        ) }} as difference_z
    from moments_before as contacted
    inner join moments_before as held
        on contacted.campaign_id = held.campaign_id and contacted.metric = held.metric
    where contacted.arm = 'treatment' and held.arm = 'holdout'

),

-- Of the measures before the campaign the one in which the arms differ most.
most_different as (

    select
        campaign_id,
        arg_max(metric, (abs(standardised_difference), metric)) as largest_imbalance_metric,
        arg_max(standardised_difference, (abs(standardised_difference), metric)) as largest_imbalance,
        -- Chance makes small arms differ by much, and large arms surely differ by little: both have to hold. 3.66 is
        -- the quantile of one in a thousand, two-sided, shared by the four measures (Bonferroni).
        bool_or(
            abs(standardised_difference) > {{ var('experiment_maximum_imbalance') }}
            and abs(difference_z) > 3.66
        ) as is_imbalanced
    from differences_before
    where standardised_difference is not null
    group by campaign_id

),

judged as (

    select
        counted.*,
        most_different.largest_imbalance_metric,
        most_different.largest_imbalance,
        counted.sample_ratio_p_value >= {{ var('experiment_sample_ratio_p') }} as is_sample_ratio_ok,
        not most_different.is_imbalanced as is_balanced
    from counted
    left join most_different on counted.campaign_id = most_different.campaign_id

),

told as (

    select
        *,
        case
            when holdout_customers_count = 0
                then
                    'Nobody was held out, so what the contacted did cannot be held against '
                    || 'what they would have done anyway.'
            when treatment_customers_count = 0 then 'Nobody was contacted.'
            when not is_sample_ratio_ok
                then
                    printf('%.1f', 100 * planned_holdout_share) || ' % were to be held out and '
                    || printf('%.1f', 100 * holdout_share)
                    || ' % were, which chance does not do: somebody was added to or lost from one of the arms.'
            when not is_balanced
                then
                    'The arms were not alike before the campaign ('
                    || case largest_imbalance_metric
                        {% for metric, words in metrics.items() -%}
                        when '{{ metric }}' then '{{ words }}'
                        {% endfor -%}
                    end
                    || ': those contacted ' || printf('%.2f', abs(largest_imbalance)) || ' standard deviations '
                    || case when largest_imbalance > 0 then 'more' else 'less' end
                    || '), so it was not chance that decided who was contacted.'
        end as why_not_random
    from judged

),

checks as (

    select
        campaign_id,
        campaign_name,
        channel,
        case largest_imbalance_metric
            {% for metric, words in metrics.items() -%}
            when '{{ metric }}' then '{{ words }}'
            {% endfor -%}
        end as largest_imbalance_of,
        why_not_random,
        case
            when why_not_random is not null then why_not_random
            when is_over and (measured_treatment_count = 0 or measured_holdout_count = 0)
                then 'Orders of the days after the campaign are not known: what is known begins later.'
            when measured_treatment_count = 0 or measured_holdout_count = 0
                then
                    'The ' || '{{ var("response_window_days") }}'
                    || ' days in which an order counts as a response are not over yet.'
            when
                measured_treatment_count < {{ var('minimum_cell_customers') }}
                or measured_holdout_count < {{ var('minimum_cell_customers') }}
                then 'Fewer than {{ var("minimum_cell_customers") }} customers of an arm have been observed to the end.'
        end as why_not,
        customers_count,
        treatment_customers_count,
        holdout_customers_count,
        mixed_customers_count,
        measured_treatment_count,
        measured_holdout_count,
        planned_holdout_share,
        holdout_share,
        sample_ratio_p_value,
        largest_imbalance,
        cost_amount,
        measured_cost_amount,
        is_over,
        is_sample_ratio_ok,
        is_balanced,
        why_not_random is null as is_randomised,
        launches_on_date,
        first_assigned_date,
        last_assigned_date
    from told

)

select * from checks
