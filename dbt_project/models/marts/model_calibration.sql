-- One row per model of chances and tenth of the customers it was judged on, the most likely first: the chance foretold,
-- and the share of whom it came true.
with calibration as (

    select * from {{ source('ml', 'ml_models__calibration') }}

),

model_calibration as (

    select
        model,
        version,
        decile,
        customers_count,
        predicted_share,
        observed_share,
        tested_on as tested_on_date,
        as_of_date
    from calibration

)

select * from model_calibration
