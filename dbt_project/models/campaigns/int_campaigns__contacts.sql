-- One row per customer and campaign that contacted the customer in the last 365 days, whoever ran it: what its
-- exposures tell, and the treatment arm of our own, which counts from the launch on. A holdout was not contacted.
{{ config(materialized='view') }}

with campaign_exposures as (

    select * from {{ ref('int_identity__campaign_exposures') }}
    where arm = 'treatment'

),

locked_members as (

    select * from {{ source('campaigns', 'locked_members') }}
    where arm = 'treatment'

),

told as (

    select
        customer_id,
        campaign_id,
        assigned_date as contact_date
    from campaign_exposures
    union all
    select
        customer_id,
        campaign_id,
        launched_date as contact_date
    from locked_members

),

contacts as (

    select
        customer_id,
        campaign_id,
        max(contact_date) as contact_date
    from told
    where customer_id is not null and contact_date <= {{ tonight() }} and contact_date > {{ tonight() }} - 365
    group by customer_id, campaign_id

)

select * from contacts
