-- One row per response and question of any export in the generic shape.
{{ config(enabled=source_is_on('surveys', 'answers')) }}

with answers as (

    {{ latest_rows(source('surveys', 'answers'), ['response_id', 'question_id']) }}

),

renamed as (

    select
        response_id,
        survey_id,
        question_id,
        customer_ref,
        email,
        phone,
        answer_text,
        answer_number,
        answered_at
    from answers

)

select * from renamed
