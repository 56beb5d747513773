-- One row per campaign exposure, with the customer_id in place of the source's key.
{{ config(materialized='view') }}

with campaign_exposures as (

    select * from {{ ref('int_identity__campaign_exposures_unioned') }}

),

customers as (

    select * from {{ ref('int_identity__customers') }}

),

identified as (

    select
        customers.customer_id,
        campaign_exposures.exposure_id,
        campaign_exposures.campaign_id,
        campaign_exposures.arm,
        campaign_exposures.assigned_date
    from campaign_exposures
    inner join customers on campaign_exposures.customer_ref = customers.customer_ref

)

select * from identified
