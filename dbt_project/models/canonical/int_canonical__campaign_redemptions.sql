-- One row per redemption of a campaign's coupon of all connected sources: the one response that says which campaign it
-- answers.
{{ config(materialized='view') }}

with campaign_redemptions as (

    {{ union_staging('campaign_redemptions', [
        {'name': 'redemption_id', 'type': 'varchar'},
        {'name': 'campaign_id', 'type': 'varchar'},
        {'name': 'customer_ref', 'type': 'varchar'},
        {'name': 'email', 'type': 'varchar'},
        {'name': 'coupon_code', 'type': 'varchar'},
        {'name': 'redeemed_date', 'type': 'date'},
    ]) }}

),

redemptions as (

    select
        source_name,
        redemption_id,
        campaign_id,
        customer_ref,
        {{ normalized_email('email') }} as email,
        coupon_code,
        redeemed_date
    from campaign_redemptions

)

select * from redemptions
