-- One row per campaign.
{{ config(enabled=source_is_on('completejourney', 'campaign_descriptions')) }}

with campaign_descriptions as (

    {{ latest_rows(source('completejourney', 'campaign_descriptions'), ['campaign_id']) }}

),

renamed as (

    select
        cast(campaign_id as varchar) as campaign_id,
        campaign_type,
        start_date as starts_at,
        end_date as ends_at
    from campaign_descriptions

)

select * from renamed
