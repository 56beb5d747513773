-- One row per evaluated date: who is in which segment of the schemes that models decide, on it and on the date
-- before, and everything else that was known or foretold by then, as one number. Tonight's model labels the older
-- dates too; what is summed up of them is computed anew only where a label is another one.
{{ config(enabled=var('model_schemes') | length > 0) }}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

known_inputs as (

    select * from {{ ref('int_predictions__inputs') }}

),

assignments as (

    select * from {{ ref('int_segmentations__assignments') }}
    where scheme in ('{{ var("model_schemes") | join("', '") }}') -- noqa: LT05

),

labels as (

    select
        sum(hash(customer_id, scheme, segment_code, segment_code_on_previous_boundaries)) as labels_hash,
        as_of_date
    from assignments
    group by as_of_date

),

inputs as (

    select
        known_inputs.inputs_hash
        + coalesce(hash(labels.labels_hash), 0)
        + coalesce(hash(labels_before.labels_hash, 'before'), 0) as inputs_hash,
        labels.labels_hash,
        known_inputs.customers_count,
        as_of_dates.as_of_date as input_date
    from as_of_dates
    inner join known_inputs on as_of_dates.as_of_date = known_inputs.input_date
    left join labels on as_of_dates.as_of_date = labels.as_of_date
    left join labels as labels_before on as_of_dates.previous_as_of_date = labels_before.as_of_date

)

select * from inputs
