{#-
    Every answer of Qualtrics' responses: survey_id, response_id, recipient_email, external_reference, end_date,
    question_id, answer, question_kind and scale_points. The question columns are those of the contract whose names
    end in a kind of question and, for a scale, its number of points; a new one needs no change here.
-#}
{% macro qualtrics_answers(relation) -%}
    {%- set kinds = '(nps|csat|ces|likert|choice|multi|max_diff|text)' -%}
    select
        *,
        regexp_extract(question_id, '_{{ kinds }}[0-9]*$', 1) as question_kind,
        try_cast(regexp_extract(question_id, '[0-9]*$') as double) as scale_points
    from (
        unpivot (
            select
                coalesce(survey_id, 'qualtrics') as survey_id,
                response_id,
                recipient_email,
                external_reference,
                end_date,
                cast(columns('^q[a-z0-9_]*_{{ kinds }}[0-9]*$') as varchar)
            from ({{ qualtrics_responses(relation) }})
        )
        on columns('^q[a-z0-9_]*_{{ kinds }}[0-9]*$')
        into name question_id value answer
    )
{%- endmacro %}
