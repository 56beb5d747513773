-- Nobody is handed on without having agreed to the campaign's channel, without an address for it, after having
-- unsubscribed, against the list of suppressions, or from a holdout: asked of consent itself, not of the reasons.
with audiences as (

    select * from {{ ref('audiences') }}
    where is_exportable

),

consent as (

    select * from {{ ref('feat_customers__consent') }}
    where as_of_date = {{ tonight() }}

),

suppressed_customers as (

    select * from {{ source('campaigns', 'suppressed_customers') }}

),

agreed as (

    select
        customer_id,
        'email' as channel
    from consent
    where is_contactable_by_email
    union all
    select
        customer_id,
        'sms' as channel
    from consent
    where is_contactable_by_sms
    union all
    select
        customer_id,
        'phone' as channel
    from consent
    where is_contactable_by_phone
    union all
    select
        customer_id,
        'ads' as channel
    from consent
    where has_ads_consent and (has_email_address or has_phone_number)

),

contacted_against_their_will as (

    select
        audiences.campaign_id,
        audiences.customer_id
    from audiences
    left join agreed on audiences.customer_id = agreed.customer_id and audiences.channel = agreed.channel
    left join suppressed_customers on audiences.customer_id = suppressed_customers.customer_id
    where
        agreed.customer_id is null
        or suppressed_customers.customer_id is not null
        or audiences.arm is distinct from 'treatment'

)

select * from contacted_against_their_will
