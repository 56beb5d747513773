-- One row per customer and as_of_date: what the customer told in surveys. Needs are those of the latest response to
-- Likert items that was not ticked in a straight line; the benefit is the latest one chosen.
{{ config(materialized='as_of_history') }}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

-- Two systems may number their surveys and responses alike.
answers as (

    select
        customer_id,
        concat_ws(':', source_name, survey_id) as survey_key,
        concat_ws(':', source_name, survey_id, response_id) as response_key,
        answered_date
    from {{ ref('int_surveys__answers') }}

),

needs as (

    select * from {{ ref('int_surveys__needs') }}

),

benefits as (

    select * from {{ ref('int_surveys__benefits') }}

),

answers_to_date as (

    select
        answers.customer_id,
        count(distinct answers.survey_key) as survey_count,
        count(distinct answers.response_key) as survey_response_count,
        max(answers.answered_date) as last_survey_answer_date,
        as_of_dates.as_of_date
    from answers
    inner join as_of_dates on answers.answered_date <= as_of_dates.as_of_date
    group by answers.customer_id, as_of_dates.as_of_date

),

needs_to_date as (

    select
        needs.customer_id,
        arg_max(needs.is_straight_liner, needs.response_rank) as is_straight_liner,
        max(needs.response_rank) filter (where not needs.is_straight_liner) as response_rank,
        as_of_dates.as_of_date
    from needs
    inner join as_of_dates on needs.answered_date <= as_of_dates.as_of_date
    group by needs.customer_id, as_of_dates.as_of_date

),

benefits_to_date as (

    select
        benefits.customer_id,
        arg_max(benefits.stated_benefit, benefits.answer_rank) as stated_benefit,
        max(benefits.answered_date) as answered_date,
        as_of_dates.as_of_date
    from benefits
    inner join as_of_dates on benefits.answered_date <= as_of_dates.as_of_date
    group by benefits.customer_id, as_of_dates.as_of_date

),

survey_answers as (

    select
        spine.customer_id,
        needs.strongest_need,
        needs.second_need,
        benefits_to_date.stated_benefit,
        coalesce(answers_to_date.survey_count, 0) as survey_count,
        coalesce(answers_to_date.survey_response_count, 0) as survey_response_count,
        coalesce(needs.item_count, 0) as need_item_count,
        needs.strongest_need_score,
        needs.second_need_score,
        needs.need_lead,
        spine.as_of_date - answers_to_date.last_survey_answer_date as days_since_last_survey_answer,
        spine.as_of_date - needs.answered_date as days_since_needs_answer,
        spine.as_of_date - benefits_to_date.answered_date as days_since_benefit_answer,
        needs_to_date.is_straight_liner,
        answers_to_date.last_survey_answer_date,
        spine.as_of_date
    from spine
    left join answers_to_date
        on spine.customer_id = answers_to_date.customer_id and spine.as_of_date = answers_to_date.as_of_date
    left join needs_to_date
        on spine.customer_id = needs_to_date.customer_id and spine.as_of_date = needs_to_date.as_of_date
    left join needs
        on needs_to_date.customer_id = needs.customer_id and needs_to_date.response_rank = needs.response_rank
    left join benefits_to_date
        on spine.customer_id = benefits_to_date.customer_id and spine.as_of_date = benefits_to_date.as_of_date

)

select * from survey_answers
