-- One row per redemption of a campaign's coupon, with the customer_id in place of the source's keys; null where it
-- names nobody whom another record names.
{{ config(materialized='view') }}

with campaign_redemptions as (

    select * from {{ ref('int_canonical__campaign_redemptions') }}

),

customer_map as (

    select * from {{ ref('int_identity__customer_map') }}

),

identified as (

    select
        customers_of_profiles.customer_id,
        campaign_redemptions.redemption_id,
        campaign_redemptions.campaign_id,
        campaign_redemptions.coupon_code,
        campaign_redemptions.redeemed_date
    from campaign_redemptions
    {{ join_customers(['customer_ref', 'email'], 'campaign_redemptions') }}

)

select * from identified
