-- One row per campaign and targeted household, in the shape of the canonical exposure. The export dates the
-- campaign, not the mailing, so a household counts as exposed from the campaign's first day.
{{ config(
    enabled=source_is_on('completejourney', 'campaigns') and source_is_on('completejourney', 'campaign_descriptions')
) }}

with campaigns as (

    {{ latest_rows(source('completejourney', 'campaigns'), ['campaign_id', 'household_id']) }}

),

campaign_descriptions as (

    select * from {{ ref('stg_completejourney__campaign_descriptions') }}

),

exposures as (

    select
        concat_ws('-', campaigns.campaign_id, campaigns.household_id) as exposure_id,
        cast(campaigns.campaign_id as varchar) as campaign_id,
        cast(campaigns.household_id as varchar) as customer_ref,
        'treatment' as arm,
        campaign_descriptions.starts_at as assigned_at
    from campaigns
    left join campaign_descriptions
        on cast(campaigns.campaign_id as varchar) = campaign_descriptions.campaign_id

)

select * from exposures
