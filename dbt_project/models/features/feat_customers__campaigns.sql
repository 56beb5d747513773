-- One row per customer and as_of_date: campaigns the customer had been assigned to by then.
with spine as (

    select * from {{ ref('int_customers__as_of') }}

),

campaign_exposures as (

    select * from {{ ref('int_identity__campaign_exposures') }}

),

exposures_to_date as (

    select
        spine.customer_id,
        count(*) as campaign_365d_count,
        spine.as_of_date - max(campaign_exposures.assigned_date) as days_since_last_campaign,
        spine.as_of_date
    from spine
    inner join campaign_exposures
        on
            spine.customer_id = campaign_exposures.customer_id
            and spine.as_of_date >= campaign_exposures.assigned_date
            and spine.as_of_date - 365 < campaign_exposures.assigned_date
    where campaign_exposures.arm = 'treatment'
    group by spine.customer_id, spine.as_of_date

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
