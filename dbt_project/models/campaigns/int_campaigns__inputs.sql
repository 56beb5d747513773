-- One row per evaluated date from which customers' segments are taken when they are assigned: everything that decides
-- the sums of the campaigns that they were assigned to, as one number.
with customers as (

    select * from {{ ref('int_campaigns__customers') }}
    where order_count is not null and arm in ('treatment', 'holdout')

),

predictions_inputs as (

    select * from {{ ref('int_predictions__inputs') }}

),

happened as (

    select
        sum(hash(customers)) as happened_hash,
        count(*) as customers_count,
        features_as_of_date
    from customers
    where features_as_of_date is not null
    group by features_as_of_date

),

inputs as (

    select
        happened.happened_hash + predictions_inputs.inputs_hash as inputs_hash,
        happened.customers_count,
        happened.features_as_of_date as input_date
    from happened
    inner join predictions_inputs on happened.features_as_of_date = predictions_inputs.input_date

)

select * from inputs
