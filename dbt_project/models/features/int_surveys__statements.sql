-- One row per response of a customer and agree-or-disagree statement: the tick as it was given, on the scale and in the
-- direction of its statement, for the models that look for classes of respondents. Ticks outside the scale are left
-- out. The battery says whether the statement is on attitudes or on needs.
{{ config(materialized='view') }}

with answers as (

    select * from {{ ref('int_surveys__answers') }}
    where question_kind = 'likert' and construct is not null and scale_share is not null

),

survey_questions as (

    select * from {{ ref('int_canonical__survey_questions') }}

),

statements as (

    select
        answers.customer_id,
        -- Two systems may number their surveys and responses alike.
        concat_ws(':', answers.source_name, answers.survey_id) as survey_key,
        concat_ws(':', answers.source_name, answers.survey_id, answers.response_id, answers.customer_id)
            as response_key,
        answers.question_id,
        case when {{ is_attitude('answers.construct') }} then 'attitudes' else 'needs' end as battery,
        answers.construct,
        survey_questions.question_text,
        answers.answer_number,
        survey_questions.scale_min,
        survey_questions.scale_max,
        survey_questions.is_reversed,
        answers.answered_date,
        answers.answered_at
    from answers
    inner join survey_questions
        on answers.survey_id = survey_questions.survey_id and answers.question_id = survey_questions.question_id

)

select * from statements
