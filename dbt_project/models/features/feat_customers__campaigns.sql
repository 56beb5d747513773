-- One row per customer and as_of_date: campaigns the customer had been assigned to by then.
{{ config(materialized='as_of_history') }}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

campaign_exposures as (

    select * from {{ ref('int_identity__campaign_exposures') }}

),

exposures_to_date as (

    select
        campaign_exposures.customer_id,
        count(*) as campaign_365d_count,
        as_of_dates.as_of_date - max(campaign_exposures.assigned_date) as days_since_last_campaign,
        as_of_dates.as_of_date
    from campaign_exposures
    inner join as_of_dates on campaign_exposures.assigned_date <= as_of_dates.as_of_date
    where campaign_exposures.arm = 'treatment' and {{ in_window('campaign_exposures.assigned_date', 365) }}
    group by campaign_exposures.customer_id, as_of_dates.as_of_date

),

campaigns as (

    select
        spine.customer_id,
        coalesce(exposures_to_date.campaign_365d_count, 0) as campaign_365d_count,
        exposures_to_date.days_since_last_campaign,
        spine.as_of_date
    from spine
    left join exposures_to_date
        on
            spine.customer_id = exposures_to_date.customer_id
            and spine.as_of_date = exposures_to_date.as_of_date

)

select * from campaigns
