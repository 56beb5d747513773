-- One row per campaign exposure, with the customer_id in place of the source's keys; null where it names nobody.
{{ config(materialized='view') }}

with campaign_exposures as (

    select * from {{ ref('int_canonical__campaign_exposures') }}

),

customer_map as (

    select * from {{ ref('int_identity__customer_map') }}

),

identified as (

    select
        customers_of_profiles.customer_id,
        campaign_exposures.exposure_id,
        campaign_exposures.campaign_id,
        campaign_exposures.arm,
        campaign_exposures.channel,
        campaign_exposures.offer_code,
        campaign_exposures.cost_amount,
        campaign_exposures.assigned_date
    from campaign_exposures
    {{ join_customers(['customer_ref', 'email'], 'campaign_exposures') }}

)

select * from identified
