-- One row per customer and as_of_date: the class of attitudes, said by the customer or inferred. Tonight's model labels
-- the older dates too, so its boundaries never move between dates. Whoever was not asked and cannot be placed with
-- enough certainty is unknown, and so is everybody on a night without a model.
{{ config(enabled='psychographic' in var('schemes')) }}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

survey_answers as (

    select * from {{ ref('feat_customers__survey_answers') }}

),

found as (

    select * from {{ source('ml', 'ml_customers__psychographic') }}

),

segmented as (

    select
        survey_answers.customer_id,
        'psychographic' as scheme,
        coalesce(found.segment_code, 'unknown') as segment_code,
        coalesce(found.segment_code, 'unknown') as segment_code_on_previous_boundaries,
        cast(null as double) as score,
        found.confidence,
        case
            when not as_of_dates.is_tonight then null
            when found.segment_code is null
                then [
                    {{ reason('basis', "'neither said nor inferred'", '0') }},
                    {{ reason('survey_response_count', 'survey_answers.survey_response_count', '0') }}
                ]
            else found.reasons
        end as reasons,
        survey_answers.as_of_date
    from survey_answers
    inner join as_of_dates on survey_answers.as_of_date = as_of_dates.as_of_date
    left join found
        on survey_answers.customer_id = found.customer_id and survey_answers.as_of_date = found.as_of_date

)

select * from segmented
