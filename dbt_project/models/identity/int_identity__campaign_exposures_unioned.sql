-- One row per campaign exposure of all connected sources, dated in the company's time zone.
with campaign_exposures as (

    {{ union_staging('campaign_exposures', [
        {'name': 'exposure_id', 'type': 'varchar'},
        {'name': 'campaign_id', 'type': 'varchar'},
        {'name': 'customer_ref', 'type': 'varchar'},
        {'name': 'arm', 'type': 'varchar'},
        {'name': 'assigned_at', 'type': 'timestamptz'},
    ]) }}

),

dated as (

    select
        source_name,
        exposure_id,
        campaign_id,
        customer_ref,
        arm,
        cast(assigned_at as date) as assigned_date
    from campaign_exposures

)

select * from dated
