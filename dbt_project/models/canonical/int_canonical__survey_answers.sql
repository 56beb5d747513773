-- One row per response and question of all connected surveys, dated in the company's time zone.
{{ config(materialized='view') }}

with survey_answers as (

    {{ union_staging('survey_answers', [
        {'name': 'response_id', 'type': 'varchar'},
        {'name': 'survey_id', 'type': 'varchar'},
        {'name': 'question_id', 'type': 'varchar'},
        {'name': 'customer_ref', 'type': 'varchar'},
        {'name': 'contact_ref', 'type': 'varchar'},
        {'name': 'email', 'type': 'varchar'},
        {'name': 'phone', 'type': 'varchar'},
        {'name': 'answer_text', 'type': 'varchar'},
        {'name': 'answer_number', 'type': 'double'},
        {'name': 'answered_at', 'type': 'timestamptz'},
    ]) }}

),

dated as (

    select
        source_name,
        response_id,
        survey_id,
        question_id,
        customer_ref,
        contact_ref,
        {{ normalized_email('email') }} as email,
        {{ normalized_phone('phone') }} as phone,
        answer_text,
        answer_number,
        cast(answered_at as date) as answered_date,
        answered_at
    from survey_answers

)

select * from dated
