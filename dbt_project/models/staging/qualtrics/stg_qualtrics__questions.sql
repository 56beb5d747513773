-- One row per survey and answered question of a Qualtrics export, as the names of the contract's question columns tell:
-- q2_csat5 is a csat question on a scale of five points. The wording stands in a header row that is not loaded.
{{ config(enabled=source_is_on('qualtrics', 'responses')) }}

with answers as (

    {{ qualtrics_answers(source('qualtrics', 'responses')) }}

),

questions as (

    select distinct
        survey_id,
        question_id,
        question_kind,
        cast(
            case
                when question_kind = 'nps' then 0
                when question_kind in ('csat', 'ces', 'likert') and scale_points is not null then 1
            end as double
        ) as scale_min,
        case
            when question_kind = 'nps' then 10
            when question_kind in ('csat', 'ces', 'likert') then scale_points
        end as scale_max,
        false as is_reversed
    from answers

)

select * from questions
