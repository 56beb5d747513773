-- One row per response and answered question of a Qualtrics export. Answers on a scale are numbers, or labels that
-- begin with one ("5 - Very satisfied"); all others are texts.
{{ config(enabled=source_is_on('qualtrics', 'responses')) }}

with answers as (

    {{ qualtrics_answers(source('qualtrics', 'responses')) }}

),

renamed as (

    select
        response_id,
        survey_id,
        question_id,
        external_reference as customer_ref,
        'qualtrics:' || response_id as contact_ref,
        recipient_email as email,
        case when question_kind in ('choice', 'multi', 'max_diff', 'text') then answer end as answer_text,
        case
            when question_kind not in ('choice', 'multi', 'max_diff', 'text')
                then try_cast(nullif(regexp_extract(answer, '^-?[0-9]+([.][0-9]+)?'), '') as double)
        end as answer_number,
        end_date as answered_at
    from answers

),

answered as (

    -- A scale's label without a number is no answer that could be counted.
    select * from renamed
    where answer_text is not null or answer_number is not null

)

select * from answered
