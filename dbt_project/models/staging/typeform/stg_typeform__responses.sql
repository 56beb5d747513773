-- One row per submitted response and answered field of Typeform. The respondent is who the hidden fields name, else
-- who gave an e-mail address or telephone number as an answer; such answers say who, not what, and are no rows.
{{ config(enabled=source_is_on('typeform', 'responses')) }}

with answers as (

    {{ typeform_answers(source('typeform', 'responses')) }}

),

with_values as (

    select
        response_id,
        survey_id,
        field_id,
        answer_type,
        -- A link opened without its parameters passes on Typeform's placeholder xxxxx.
        nullif(nullif(json_extract_string(hidden, '$.customer_ref'), ''), 'xxxxx') as customer_ref,
        nullif(nullif(json_extract_string(hidden, '$.email'), ''), 'xxxxx') as hidden_email,
        json_extract_string(answer, '$.email') as answered_email,
        json_extract_string(answer, '$.phone_number') as answered_phone,
        coalesce(
            json_extract_string(answer, '$.text'),
            json_extract_string(answer, '$.choice.label'),
            json_extract_string(answer, '$.choice.other'),
            nullif(concat_ws(
                '; ',
                array_to_string(from_json(json_extract(answer, '$.choices.labels'), '["varchar"]'), '; '),
                json_extract_string(answer, '$.choices.other')
            ), ''),
            case json_extract_string(answer, '$.boolean') when 'true' then 'yes' when 'false' then 'no' end,
            left(json_extract_string(answer, '$.date'), 10),
            json_extract_string(answer, '$.url'),
            json_extract_string(answer, '$.file_url')
        ) as answer_text,
        try_cast(json_extract_string(answer, '$.number') as double) as answer_number,
        submitted_at
    from answers

),

with_respondents as (

    select
        *,
        coalesce(hidden_email, max(answered_email) over (partition by response_id)) as email,
        max(answered_phone) over (partition by response_id) as phone
    from with_values

),

renamed as (

    select
        response_id,
        survey_id,
        field_id as question_id,
        customer_ref,
        email,
        phone,
        answer_text,
        answer_number,
        submitted_at as answered_at
    from with_respondents
    where
        answer_type not in ('email', 'phone_number')
        and (answer_text is not null or answer_number is not null)

)

select * from renamed
