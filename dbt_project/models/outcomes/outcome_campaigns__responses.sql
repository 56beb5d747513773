-- One row per campaign exposure of a known customer, treated or held out: what they ordered in the days after they were
-- assigned. The day of the assignment is not one of them, because nobody knows what came first on it. Null where the
-- days are not over yet. Beside it the newest evaluated date before the assignment, whose features know nothing of it.
{% set days = var('response_window_days') %}

with campaign_exposures as (

    select * from {{ ref('int_identity__campaign_exposures') }}
    where customer_id is not null

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

customer_days as (

    select * from {{ ref('int_purchases__customer_days') }}

),

tonight as (

    select as_of_date as tonight_date
    from as_of_dates
    where is_tonight

),

-- Several campaigns may assign a customer on one day.
assigned as (

    select distinct
        customer_id,
        assigned_date
    from campaign_exposures

),

happened as (

    select
        assigned.customer_id,
        sum(customer_days.order_count) as order_count,
        sum(customer_days.net_revenue_amount) as net_revenue_amount,
        sum(customer_days.margin_amount) as margin_amount,
        assigned.assigned_date
    from assigned
    inner join customer_days
        on
            assigned.customer_id = customer_days.customer_id
            and assigned.assigned_date < customer_days.activity_date
            and assigned.assigned_date + {{ days }} >= customer_days.activity_date
    group by assigned.customer_id, assigned.assigned_date

),

exposures as (

    select
        campaign_exposures.*,
        campaign_exposures.assigned_date + {{ days }} <= tonight.tonight_date as is_over,
        as_of_dates.as_of_date as features_as_of_date
    from campaign_exposures
    cross join tonight
    asof left join as_of_dates on campaign_exposures.assigned_date > as_of_dates.as_of_date

),

responses as (

    select
        exposures.customer_id,
        exposures.exposure_id,
        exposures.campaign_id,
        exposures.arm,
        cast(case when exposures.is_over then coalesce(happened.order_count, 0) end as bigint) as order_count,
        {% for measure in ['net_revenue', 'margin'] -%}
        cast(
            case when exposures.is_over then coalesce(happened.{{ measure }}_amount, 0) end as decimal(18, 4)
        ) as {{ measure }}_amount,
        {% endfor -%}
        case when exposures.is_over then coalesce(happened.order_count, 0) > 0 end as has_ordered,
        exposures.assigned_date,
        exposures.features_as_of_date
    from exposures
    left join happened
        on exposures.customer_id = happened.customer_id and exposures.assigned_date = happened.assigned_date

)

select * from responses
