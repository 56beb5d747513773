-- One row per exposure of any export in the generic shape.
{{ config(enabled=source_is_on('crm', 'campaign_exposures')) }}

with campaign_exposures as (

    {{ latest_rows(source('crm', 'campaign_exposures'), ['exposure_id']) }}

),

renamed as (

    select
        exposure_id,
        campaign_id,
        customer_ref,
        arm,
        channel,
        offer_code,
        cost as cost_amount,
        assigned_at
    from campaign_exposures

)

select * from renamed
