-- One row per model, group of customers, metric and baseline: how good the model was on the newest complete window
-- beside the baseline, and what was decided. A model that could not be learnt has one row without figures, which says
-- why.
with metrics as (

    select * from {{ source('ml', 'ml_models__metrics') }}
    union all by name
    select * from {{ source('ml', 'ml_models__uplift') }}

),

model_metrics as (

    select
        model,
        version,
        slice,
        metric,
        baseline,
        decision,
        reason,
        model_value,
        model_lower,
        model_upper,
        baseline_value,
        difference,
        difference_lower,
        difference_upper,
        horizon_days,
        customers_count,
        is_published,
        trained_from as trained_from_date,
        trained_to as trained_to_date,
        tested_on as tested_on_date,
        as_of_date
    from metrics

)

select * from model_metrics
