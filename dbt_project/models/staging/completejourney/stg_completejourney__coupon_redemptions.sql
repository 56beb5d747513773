-- One row per household, coupon, campaign and day of a redemption.
{{ config(enabled=source_is_on('completejourney', 'coupon_redemptions')) }}

with coupon_redemptions as (

    {{ latest_rows(
        source('completejourney', 'coupon_redemptions'),
        ['household_id', 'coupon_upc', 'campaign_id', 'redemption_date']
    ) }}

),

renamed as (

    select
        concat_ws('-', campaign_id, household_id, coupon_upc, redemption_date) as redemption_id,
        cast(campaign_id as varchar) as campaign_id,
        cast(household_id as varchar) as customer_ref,
        cast(coupon_upc as varchar) as coupon_code,
        redemption_date as redeemed_date
    from coupon_redemptions

)

select * from renamed
