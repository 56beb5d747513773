-- One row per random campaign and tenth of its customers: what contacting those ranked first gains, on customers that
-- the ranking had not seen, beside a random order.
with curves as (

    select * from {{ source('ml', 'ml_models__qini') }}

),

uplift_curves as (

    select
        campaign_id,
        customers_share,
        gain,
        gain_low,
        gain_high,
        random_gain,
        is_published,
        as_of_date
    from curves

)

select * from uplift_curves
