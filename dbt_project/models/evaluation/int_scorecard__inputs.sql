-- One row per evaluated date whose first horizon is over: the date that was learned from when schemes are judged by it
-- (the newest whose horizon was over by then), the limits at which both cut what a customer spent, and everything that
-- decides the sums of the date, as one number: what was known by the date and what happened after it.
{% set days = var('outcome_horizon_days')[0] %}

with predictions_inputs as (

    select * from {{ ref('int_predictions__inputs') }}

),

outcome_inputs as (

    select * from {{ ref('int_outcomes__inputs') }}
    where observed_days_count >= {{ days }}

),

outcomes as (

    select * from {{ ref('outcome_customers__purchases') }}

),

limits as (

    select
        quantile_disc(net_revenue_{{ days }}d_amount, {{ var('scorecard_winsor_share') }}) as spend_limit_amount,
        as_of_date
    from outcomes
    where has_ordered_{{ days }}d
    group by as_of_date

),

learned as (

    select
        judged.input_date,
        max(earlier.input_date) as learned_as_of_date
    from outcome_inputs as judged
    inner join outcome_inputs as earlier on judged.input_date - {{ days }} >= earlier.input_date
    group by judged.input_date

),

inputs as (

    select
        cast(outcome_inputs.inputs_hash as hugeint)
        + predictions_inputs.inputs_hash
        + hash(limits.spend_limit_amount, learned.learned_as_of_date, learned_limits.spend_limit_amount)
            as inputs_hash,
        outcome_inputs.customers_count,
        limits.spend_limit_amount,
        learned_limits.spend_limit_amount as learned_limit_amount,
        learned.learned_as_of_date,
        outcome_inputs.input_date
    from outcome_inputs
    inner join predictions_inputs on outcome_inputs.input_date = predictions_inputs.input_date
    left join limits on outcome_inputs.input_date = limits.as_of_date
    left join learned on outcome_inputs.input_date = learned.input_date
    left join limits as learned_limits on learned.learned_as_of_date = learned_limits.as_of_date

)

select * from inputs
