-- One row per answer of a customer to a survey, with what is known of its question. Numbers are also given as a share
-- of the question's scale, in the question's own direction and in that of what it measures; answers outside the scale
-- and questions without one give none.
with survey_answers as (

    select * from {{ ref('int_identity__survey_answers') }}
    where customer_id is not null

),

survey_questions as (

    select * from {{ ref('int_canonical__survey_questions') }}

),

described as (

    select
        survey_answers.customer_id,
        survey_answers.source_name,
        survey_answers.response_id,
        survey_answers.survey_id,
        survey_answers.question_id,
        survey_questions.question_kind,
        survey_questions.construct,
        survey_answers.answer_choice,
        survey_answers.answer_number,
        -- A decimal, so that sums do not depend on the order of rows.
        cast(
            case
                when survey_answers.answer_number between survey_questions.scale_min and survey_questions.scale_max
                    then {{ ratio(
                        '(survey_answers.answer_number - survey_questions.scale_min)',
                        '(survey_questions.scale_max - survey_questions.scale_min)'
                    ) }}
            end as decimal(9, 6)
        ) as scale_share,
        survey_questions.is_reversed,
        survey_answers.answered_date,
        survey_answers.answered_at
    from survey_answers
    left join survey_questions
        on
            survey_answers.survey_id = survey_questions.survey_id
            and survey_answers.question_id = survey_questions.question_id

),

answers as (

    select
        customer_id,
        source_name,
        response_id,
        survey_id,
        question_id,
        question_kind,
        construct,
        answer_choice,
        answer_number,
        scale_share,
        case when is_reversed then 1 - scale_share else scale_share end as construct_share,
        answered_date,
        answered_at
    from described

)

select * from answers
