-- One row per customer and as_of_date: how content the customer said to be, in the latest answer of each kind and in
-- what they wrote on social platforms.
{{ config(materialized='as_of_history') }}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

answers as (

    select * from {{ ref('int_satisfaction__answers') }}

),

social_days as (

    select * from {{ ref('int_social__customer_days') }}

),

answers_to_date as (

    select
        answers.customer_id,
        {% for kind in ['nps', 'csat', 'ces'] -%}
        arg_max(answers.answer_number, answers.answer_rank) filter (
            where answers.question_kind = '{{ kind }}'
        ) as latest_{{ kind }}_answer,
        arg_max(answers.construct_share, answers.answer_rank) filter (
            where answers.question_kind = '{{ kind }}'
        ) as latest_{{ kind }}_share,
        count(*) filter (
            where
            answers.question_kind = '{{ kind }}'
            and answers.answered_date > as_of_dates.as_of_date - 365
        ) as {{ kind }}_answer_365d_count,
        max(answers.answered_date) filter (where answers.question_kind = '{{ kind }}') as last_{{ kind }}_date,
        {% endfor -%}
        arg_max(answers.answer_change, answers.answer_rank) filter (
            where answers.question_kind = 'nps' and answers.answer_change is not null
        ) as latest_nps_change,
        as_of_dates.as_of_date
    from answers
    inner join as_of_dates on answers.answered_date <= as_of_dates.as_of_date
    group by answers.customer_id, as_of_dates.as_of_date

),

sentiment_to_date as (

    select
        social_days.customer_id,
        sum(social_days.sentiment_count) as sentiment_count,
        {{ ratio('sum(social_days.sentiment_sum)', 'sum(social_days.sentiment_count)') }} as sentiment_mean,
        as_of_dates.as_of_date
    from social_days
    inner join as_of_dates
        on
            social_days.activity_date <= as_of_dates.as_of_date
            and social_days.activity_date > as_of_dates.as_of_date - 365
    group by social_days.customer_id, as_of_dates.as_of_date

),

satisfaction as (

    select
        spine.customer_id,
        answers_to_date.latest_nps_answer,
        answers_to_date.latest_nps_change,
        coalesce(answers_to_date.nps_answer_365d_count, 0) as nps_answer_365d_count,
        spine.as_of_date - answers_to_date.last_nps_date as days_since_last_nps_answer,
        {% for kind in ['csat', 'ces'] -%}
        answers_to_date.latest_{{ kind }}_answer,
        cast(answers_to_date.latest_{{ kind }}_share as double) as latest_{{ kind }}_share,
        coalesce(answers_to_date.{{ kind }}_answer_365d_count, 0) as {{ kind }}_answer_365d_count,
        spine.as_of_date - answers_to_date.last_{{ kind }}_date as days_since_last_{{ kind }}_answer,
        {% endfor -%}
        sentiment_to_date.sentiment_mean as social_sentiment_365d_mean,
        cast(coalesce(sentiment_to_date.sentiment_count, 0) as bigint) as social_sentiment_365d_count,
        spine.as_of_date
    from spine
    left join answers_to_date
        on spine.customer_id = answers_to_date.customer_id and spine.as_of_date = answers_to_date.as_of_date
    left join sentiment_to_date
        on spine.customer_id = sentiment_to_date.customer_id and spine.as_of_date = sentiment_to_date.as_of_date

)

select * from satisfaction
