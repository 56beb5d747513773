-- One row per survey and question of any export in the generic shape.
{{ config(enabled=source_is_on('surveys', 'questions')) }}

with questions as (

    {{ latest_rows(source('surveys', 'questions'), ['survey_id', 'question_id']) }}

),

renamed as (

    select
        survey_id,
        question_id,
        kind as question_kind,
        text as question_text,
        construct,
        scale_min,
        scale_max,
        coalesce(reversed, false) as is_reversed
    from questions

)

select * from renamed
