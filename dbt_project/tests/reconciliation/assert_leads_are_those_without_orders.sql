-- Nobody with an order is a lead, and nobody without one is anything else. Says nothing while the scheme is off.
with lifecycle as (

    select * from {{ ref('int_segmentations__assignments') }}
    where scheme = 'lifecycle'

),

purchases as (

    select * from {{ ref('feat_customers__purchases') }}

),

wrong as (

    select
        lifecycle.customer_id,
        lifecycle.segment_code,
        purchases.order_days_count,
        lifecycle.as_of_date
    from lifecycle
    inner join purchases
        on lifecycle.customer_id = purchases.customer_id and lifecycle.as_of_date = purchases.as_of_date
    where (lifecycle.segment_code = 'lead') <> (purchases.order_days_count = 0)

)

select * from wrong
