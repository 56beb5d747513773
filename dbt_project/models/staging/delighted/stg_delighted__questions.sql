-- One row per survey and question of Delighted. Every survey asks for a score and a comment; the scales are those of
-- Delighted's types of survey, of which only those that were answered are listed.
{{ config(enabled=source_is_on('delighted', 'responses')) }}

with responses as (

    {{ latest_rows(source('delighted', 'responses'), ['id'], version='updated_at') }}

),

survey_types as (

    select distinct coalesce(survey_type, 'nps') as survey_type
    from responses

),

scales as (

    select
        known.survey_type,
        known.question_kind,
        known.scale_min,
        known.scale_max
    from (
        values
        ('nps', 'nps', 0, 10),
        ('csat', 'csat', 1, 5),
        ('ces', 'ces', 1, 5),
        ('enps', 'likert', 0, 10),
        ('pmf', 'likert', 1, 3)
    ) as known (survey_type, question_kind, scale_min, scale_max)

),

scores as (

    select
        'delighted_' || survey_types.survey_type as survey_id,
        survey_types.survey_type as question_id,
        coalesce(scales.question_kind, 'likert') as question_kind,
        cast(scales.scale_min as double) as scale_min,
        cast(scales.scale_max as double) as scale_max,
        false as is_reversed
    from survey_types
    left join scales on survey_types.survey_type = scales.survey_type

),

comments as (

    select
        'delighted_' || survey_type as survey_id,
        'comment' as question_id,
        'text' as question_kind,
        cast(null as double) as scale_min,
        cast(null as double) as scale_max,
        false as is_reversed
    from survey_types

),

questions as (

    select * from scores
    union all
    select * from comments

)

select * from questions
