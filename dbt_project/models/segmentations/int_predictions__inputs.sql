-- One row per evaluated date: everything that was known by then (int_as_of__inputs) and everything that was predicted
-- on the dates that a scheme looks at from there, as one number: the date itself, the one before, and those whose
-- boundaries are in force. A past date's prediction changes with the date's inputs or with the model that serves it;
-- what stands on it is then computed anew, and nothing else. Without predictions it is the number of what was known.
with as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

known_inputs as (

    select * from {{ ref('int_as_of__inputs') }}

),

predictions as (

    select * from {{ source('ml', 'ml_customers__predictions') }}

),

predicted as (

    select
        sum(hash(predictions)) as predictions_hash, -- noqa: RF02
        as_of_date
    from predictions
    group by as_of_date

),

looked_at as (

    {% set dates = ['as_of_date', 'previous_as_of_date', 'boundaries_set_date', 'previous_boundaries_set_date'] -%}
    {% for date in dates -%}
    select
        as_of_date,
        {{ date }} as predicted_date
    from as_of_dates
    {% if not loop.last %}union
    {% endif %}
    {%- endfor %}

),

known_predictions as (

    select
        sum(hash(predicted.as_of_date, predicted.predictions_hash)) as predictions_hash,
        looked_at.as_of_date
    from looked_at
    inner join predicted on looked_at.predicted_date = predicted.as_of_date
    group by looked_at.as_of_date

),

inputs as (

    select
        known_inputs.inputs_hash + coalesce(known_predictions.predictions_hash, 0) as inputs_hash,
        known_inputs.customers_count,
        known_inputs.input_date
    from known_inputs
    left join known_predictions on known_inputs.input_date = known_predictions.as_of_date

)

select * from inputs
