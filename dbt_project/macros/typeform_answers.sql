{#-
    Every answer of Typeform's submitted responses: response_id, survey_id, submitted_at, hidden, field_id, field_ref,
    field_type, answer_type and the answer as JSON.
    The API names the form only in the request, so the form is form_id where the exporter adds it, else the hidden field
    form_id, else the id in the form's own link (.../to/<form id>), else one survey called typeform.
-#}
{% macro typeform_answers(relation) -%}
    select
        response_id,
        survey_id,
        submitted_at,
        hidden,
        json_extract_string(answer, '$.field.id') as field_id,
        json_extract_string(answer, '$.field.ref') as field_ref,
        json_extract_string(answer, '$.field.type') as field_type,
        json_extract_string(answer, '$.type') as answer_type,
        answer
    from (
        select
            response_id,
            coalesce(
                form_id,
                nullif(json_extract_string(hidden, '$.form_id'), ''),
                nullif(regexp_extract(referer, '/to/([A-Za-z0-9]+)', 1), ''),
                'typeform'
            ) as survey_id,
            submitted_at,
            hidden,
            unnest(from_json(answers, '["json"]')) as answer
        from ({{ latest_rows(relation, ['response_id']) }})
        where submitted_at is not null
    )
{%- endmacro %}
