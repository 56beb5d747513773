-- One row per customer and as_of_date: the benefit the customer buys for, as they chose it themselves in the latest
-- answer.
{{ config(materialized='as_of_history', enabled='benefits' in var('schemes')) }}

with survey_answers as (

    select * from {{ ref('feat_customers__survey_answers') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

assigned as (

    select
        survey_answers.customer_id,
        case
            when survey_answers.stated_benefit is null then 'unknown'
            when survey_answers.days_since_benefit_answer >= {{ var('benefits_maximum_age_days') }} then 'unknown'
            else {{ segment_slug('survey_answers.stated_benefit') }}
        end as segment_code,
        survey_answers.stated_benefit,
        survey_answers.days_since_benefit_answer,
        as_of_dates.is_tonight,
        survey_answers.as_of_date
    from survey_answers
    inner join as_of_dates on survey_answers.as_of_date = as_of_dates.as_of_date

),

segmented as (

    select
        customer_id,
        segment_code,
        case
            when is_tonight then [
                {{ reason('stated_benefit', 'stated_benefit', '0') }},
                {{ reason('days_since_benefit_answer', 'days_since_benefit_answer', '0') }}
            ]
        end as reasons,
        as_of_date
    from assigned

)

select * from segmented
