-- One row per customer and as_of_date: what the customer wants most, as they answered themselves. A lead over the
-- second need that is as small as chance makes it is no clear need.
{{ config(materialized='as_of_history', enabled='needs' in var('schemes')) }}

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
            when survey_answers.strongest_need is null then 'unknown'
            when survey_answers.days_since_needs_answer >= {{ var('needs_maximum_age_days') }} then 'unknown'
            -- Whoever was asked about one need alone has nothing to put before it.
            when survey_answers.need_lead is null then 'no_clear_need'
            when survey_answers.need_lead < {{ var('needs_minimum_lead') }} then 'no_clear_need'
            else {{ segment_slug('survey_answers.strongest_need') }}
        end as segment_code,
        survey_answers.strongest_need,
        survey_answers.strongest_need_score,
        survey_answers.need_lead,
        survey_answers.days_since_needs_answer,
        as_of_dates.is_tonight,
        survey_answers.as_of_date
    from survey_answers
    inner join as_of_dates on survey_answers.as_of_date = as_of_dates.as_of_date

),

segmented as (

    select
        customer_id,
        segment_code,
        case when segment_code <> 'unknown' then strongest_need_score end as score,
        case
            when not is_tonight then null
            when segment_code = 'unknown'
                then [
                    {{ reason('strongest_need', 'null', '0') }},
                    {{ reason('days_since_needs_answer', 'days_since_needs_answer', '0') }}
                ]
            else [
                {{ reason('strongest_need', 'strongest_need', 'strongest_need_score') }},
                {{ reason('need_lead', 'need_lead', 'coalesce(need_lead, 0)') }},
                {{ reason('days_since_needs_answer', 'days_since_needs_answer', '0') }}
            ]
        end as reasons,
        as_of_date
    from assigned

)

select * from segmented
