-- One row per response and question of Delighted: the score under its survey's type, and the comment where there is
-- one. A score or comment changed later comes again with a newer updated_at and replaces the first.
{{ config(enabled=source_is_on('delighted', 'responses')) }}

with responses as (

    {{ latest_rows(source('delighted', 'responses'), ['id'], version='updated_at') }}

),

renamed as (

    select
        id as response_id,
        coalesce(survey_type, 'nps') as survey_type,
        {{ delighted_customer_ref('person_properties') }} as customer_ref,
        'delighted:' || id as contact_ref,
        person_email as email,
        person_phone_number as phone,
        nullif(trim(comment), '') as comment_text,
        cast(score as double) as score,
        to_timestamp(created_at) as answered_at
    from responses

),

scores as (

    select
        response_id,
        'delighted_' || survey_type as survey_id,
        survey_type as question_id,
        customer_ref,
        contact_ref,
        email,
        phone,
        cast(null as varchar) as answer_text,
        score as answer_number,
        answered_at
    from renamed

),

comments as (

    select
        response_id,
        'delighted_' || survey_type as survey_id,
        'comment' as question_id,
        customer_ref,
        contact_ref,
        email,
        phone,
        comment_text as answer_text,
        cast(null as double) as answer_number,
        answered_at
    from renamed
    where comment_text is not null

),

answers as (

    select * from scores
    union all
    select * from comments

)

select * from answers
