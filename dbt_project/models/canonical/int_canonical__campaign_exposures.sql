-- One row per campaign exposure of all connected sources, dated in the company's time zone.
{{ config(materialized='view') }}

with campaign_exposures as (

    {{ union_staging('campaign_exposures', [
        {'name': 'exposure_id', 'type': 'varchar'},
        {'name': 'campaign_id', 'type': 'varchar'},
        {'name': 'customer_ref', 'type': 'varchar'},
        {'name': 'email', 'type': 'varchar'},
        {'name': 'arm', 'type': 'varchar'},
        {'name': 'channel', 'type': 'varchar'},
        {'name': 'offer_code', 'type': 'varchar'},
        {'name': 'cost_amount', 'type': 'decimal(18, 4)'},
        {'name': 'assigned_at', 'type': 'timestamptz'},
    ]) }}

),

dated as (

    select
        source_name,
        exposure_id,
        campaign_id,
        customer_ref,
        {{ normalized_email('email') }} as email,
        arm,
        channel,
        offer_code,
        cost_amount,
        cast(assigned_at as date) as assigned_date,
        assigned_at
    from campaign_exposures

)

select * from dated
