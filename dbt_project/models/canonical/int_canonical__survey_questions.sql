-- One row per survey question of all connected sources; where two describe a question, the first by name is believed.
{{ config(materialized='view') }}

with survey_questions as (

    {{ union_staging('survey_questions', [
        {'name': 'survey_id', 'type': 'varchar'},
        {'name': 'question_id', 'type': 'varchar'},
        {'name': 'question_kind', 'type': 'varchar'},
        {'name': 'question_text', 'type': 'varchar'},
        {'name': 'construct', 'type': 'varchar'},
        {'name': 'scale_min', 'type': 'double'},
        {'name': 'scale_max', 'type': 'double'},
        {'name': 'is_reversed', 'type': 'boolean'},
    ]) }}

),

deduplicated as (

    select
        source_name,
        survey_id,
        question_id,
        question_kind,
        question_text,
        construct,
        scale_min,
        scale_max,
        coalesce(is_reversed, false) as is_reversed
    from survey_questions
    qualify row_number() over (
        partition by survey_id, question_id
        order by source_name asc
    ) = 1

)

select * from deduplicated
