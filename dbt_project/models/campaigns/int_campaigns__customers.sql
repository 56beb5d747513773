-- One row per campaign and customer: the arm they were assigned to first, what they bought before and after it. The
-- arm never changes afterwards, whatever reached them (intention to treat). Whoever is found in both arms, because
-- two records that were drawn apart turned out to be one person, is in neither.
--
-- Whoever assigns customers feeds int_identity__campaign_exposures; nothing else here knows where a campaign came from.
{{ config(materialized='table') }}

with campaign_exposures as (

    select * from {{ ref('int_identity__campaign_exposures') }}
    where customer_id is not null and assigned_date <= {{ tonight() }}

),

responses as (

    select * from {{ ref('outcome_campaigns__responses') }}

),

redemptions as (

    select * from {{ ref('int_identity__campaign_redemptions') }}
    where customer_id is not null and redeemed_date <= {{ tonight() }}

),

customer_days as (

    select * from {{ ref('int_purchases__customer_days') }}

),

-- Of days before the first one that is known nothing is: whoever ordered then did not order 0 times.
known as (

    select min(activity_date) as first_date
    from customer_days

),

-- Of several contacts of one campaign the first is the assignment; all of them cost.
assigned as (

    select
        customer_id,
        campaign_id,
        arg_min(exposure_id, (assigned_date, exposure_id)) as exposure_id,
        case
            when count(distinct coalesce(arm, 'treatment')) > 1 then 'both'
            else min(coalesce(arm, 'treatment'))
        end as arm,
        min(channel) as channel,
        sum(cost_amount) as cost_amount,
        min(assigned_date) as assigned_date
    from campaign_exposures
    group by customer_id, campaign_id

),

days_assigned as (

    select distinct
        customer_id,
        assigned_date
    from assigned

),

bought_before as (

    select
        days_assigned.customer_id,
        sum(customer_days.order_count) as order_count,
        sum(customer_days.net_revenue_amount) as net_revenue_amount,
        sum(customer_days.margin_amount) as margin_amount,
        days_assigned.assigned_date
    from days_assigned
    inner join customer_days
        on
            days_assigned.customer_id = customer_days.customer_id
            and days_assigned.assigned_date > customer_days.activity_date
            and days_assigned.assigned_date - {{ var('experiment_covariate_days') }} <= customer_days.activity_date
    group by days_assigned.customer_id, days_assigned.assigned_date

),

redeemed as (

    select distinct
        assigned.customer_id,
        assigned.campaign_id
    from assigned
    inner join redemptions
        on
            assigned.customer_id = redemptions.customer_id
            and assigned.campaign_id = redemptions.campaign_id
            and assigned.assigned_date <= redemptions.redeemed_date
            and assigned.assigned_date + {{ var('response_window_days') }} >= redemptions.redeemed_date

),

-- A campaign of which nobody redeemed anything is not told from one that offered nothing.
campaigns_with_coupons as (

    select distinct campaign_id
    from redemptions

),

customers as (

    select
        assigned.customer_id,
        assigned.campaign_id,
        assigned.arm,
        assigned.channel,
        cast(assigned.cost_amount as decimal(18, 4)) as cost_amount,
        {% for measure in ['order_count', 'net_revenue_amount', 'margin_amount'] -%}
        case when assigned.assigned_date + 1 >= known.first_date then responses.{{ measure }} end as {{ measure }},
        {% endfor -%}
        cast(coalesce(bought_before.order_count, 0) as bigint) as order_before_count,
        {% for measure in ['net_revenue', 'margin'] -%}
        cast(coalesce(bought_before.{{ measure }}_amount, 0) as decimal(18, 4)) as {{ measure }}_before_amount,
        {% endfor -%}
        case when assigned.assigned_date + 1 >= known.first_date then responses.has_ordered end as has_ordered,
        order_before_count > 0 as has_ordered_before,
        case
            when
                responses.order_count is not null
                and assigned.assigned_date + 1 >= known.first_date
                and campaigns_with_coupons.campaign_id is not null
                then redeemed.customer_id is not null
        end as has_redeemed,
        responses.order_count is not null as is_over,
        assigned.assigned_date,
        responses.features_as_of_date
    from assigned
    inner join responses
        on
            assigned.customer_id = responses.customer_id
            and assigned.campaign_id = responses.campaign_id
            and assigned.exposure_id = responses.exposure_id
    cross join known
    left join bought_before
        on assigned.customer_id = bought_before.customer_id and assigned.assigned_date = bought_before.assigned_date
    left join redeemed on assigned.customer_id = redeemed.customer_id and assigned.campaign_id = redeemed.campaign_id
    left join campaigns_with_coupons on assigned.campaign_id = campaigns_with_coupons.campaign_id

)

select * from customers
