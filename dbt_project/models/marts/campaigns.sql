-- One row per campaign: whom it was for, whether it can be measured, what it brought and cost.
with checks as (

    select * from {{ ref('int_campaigns__checks') }}

),

lift as (

    select * from {{ ref('experiment_lift') }}
    where scheme = 'all'

),

tonight as (

    select as_of_date
    from {{ ref('as_of_dates') }}
    where is_tonight

),

of_margin as (

    select * from lift
    where metric = 'margin'

),

of_response as (

    select * from lift
    where metric = 'response_rate'

),

of_orders as (

    select * from lift
    where metric = 'orders'

),

of_redemption as (

    select * from lift
    where metric = 'redemption_rate'

),

measured as (

    select
        checks.*,
        of_response.treatment_mean as treatment_response_share,
        of_response.holdout_mean as holdout_response_share,
        of_redemption.treatment_mean as redemption_share,
        {% for end, column in {'': 'difference', '_low': 'low', '_high': 'high'}.items() -%}
        of_margin.adjusted_{{ column }} * checks.measured_treatment_count as incremental_margin{{ end }},
        {% endfor -%}
        of_orders.finding as orders_finding,
        of_margin.finding as margin_finding,
        tonight.as_of_date
    from checks
    cross join tonight
    left join of_margin on checks.campaign_id = of_margin.campaign_id
    left join of_response on checks.campaign_id = of_response.campaign_id
    left join of_orders on checks.campaign_id = of_orders.campaign_id
    left join of_redemption on checks.campaign_id = of_redemption.campaign_id

),

campaigns as (

    select
        campaign_id,
        campaign_name,
        channel,
        largest_imbalance_of,
        coalesce(
            orders_finding || coalesce(' ' || margin_finding, ''),
            printf('%.1f', 100 * treatment_response_share) || ' % of the contacted ordered within '
            || '{{ var("response_window_days") }} days. That is no lift. ' || why_not,
            why_not
        ) as finding,
        why_not,
        customers_count,
        treatment_customers_count,
        holdout_customers_count,
        mixed_customers_count,
        measured_treatment_count + measured_holdout_count as measured_customers_count,
        cast({{ var('response_window_days') }} as bigint) as response_window_days,
        planned_holdout_share,
        holdout_share,
        sample_ratio_p_value,
        largest_imbalance,
        treatment_response_share,
        holdout_response_share,
        redemption_share,
        cast(cost_amount as decimal(18, 2)) as cost_amount,
        {% for end in ['', '_low', '_high'] -%}
        cast(incremental_margin{{ end }} as decimal(18, 2)) as incremental_margin{{ end }}_amount,
        {% endfor -%}
        {% for end in ['', '_low', '_high'] -%}
        {{ ratio(
            'incremental_margin' ~ end ~ ' - measured_cost_amount', 'measured_cost_amount'
        ) }} as roi_share{{ end }},
        {% endfor -%}
        is_over,
        is_sample_ratio_ok,
        is_balanced,
        is_randomised,
        launches_on_date,
        first_assigned_date,
        last_assigned_date,
        as_of_date
    from measured

)

select * from campaigns
