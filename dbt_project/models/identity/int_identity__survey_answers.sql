-- One row per response and question, with the customer_id in place of the source's keys; null where the respondent did
-- not say who they are. Choices are kept; free text stays behind, since people write names into it.
{{ config(materialized='view') }}

with survey_answers as (

    select * from {{ ref('int_canonical__survey_answers') }}

),

survey_questions as (

    select * from {{ ref('int_canonical__survey_questions') }}

),

customer_map as (

    select * from {{ ref('int_identity__customer_map') }}

),

{% if var('identity_matching') -%}
contact_profiles as (

    select * from {{ ref('int_identity__contact_profiles') }}

),

{% endif -%}
identified as (

    select
        customers_of_profiles.customer_id,
        survey_answers.source_name,
        survey_answers.response_id,
        survey_answers.survey_id,
        survey_answers.question_id,
        case
            when survey_questions.question_kind in ('choice', 'multi') then survey_answers.answer_text
            when survey_questions.question_kind = 'max_diff'
                then {{ best_worst_choice('survey_answers.answer_text') }}
        end as answer_choice,
        survey_answers.answer_number,
        survey_answers.answered_date,
        survey_answers.answered_at
    from survey_answers
    left join survey_questions
        on
            survey_answers.survey_id = survey_questions.survey_id
            and survey_answers.question_id = survey_questions.question_id
    {{ join_customers(['customer_ref', 'email', 'phone'], 'survey_answers', with_contact=true) }}

)

select * from identified
