-- Answers to best-worst tasks that tell no choice, by survey and reason: the survey tool's export is to be mended. The
-- kind of a question stands in another file than its answers, so contracts cannot stop them at the door. It warns and
-- stops nothing.
{{ config(severity='warn') }}

with best_worst as (

    select * from {{ ref('int_surveys__best_worst') }}

),

unusable as (

    select
        survey_key,
        unusable_reason,
        count(*) as answers_count
    from best_worst
    where unusable_reason is not null
    group by survey_key, unusable_reason

)

select * from unusable
