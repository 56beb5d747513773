-- One row per form and answered field of Typeform. Responses carry no wording, so what a scale measures is told by the
-- field's type (nps) or by a reference that begins with nps, csat or ces, which the form's author may set.
{{ config(enabled=source_is_on('typeform', 'responses')) }}

with answers as (

    {{ typeform_answers(source('typeform', 'responses')) }}

),

fields as (

    select
        survey_id,
        field_id as question_id,
        max(field_type) as field_type,
        max(nullif(regexp_extract(lower(field_ref), '^(nps|csat|ces)', 1), '')) as measured,
        bool_or(answer_type = 'choices') as has_several_choices
    from answers
    where answer_type not in ('email', 'phone_number')
    group by survey_id, field_id

),

with_kinds as (

    select
        survey_id,
        question_id,
        case
            when field_type = 'nps' then 'nps'
            when field_type in ('opinion_scale', 'rating') then coalesce(measured, 'likert')
            when has_several_choices then 'multi'
            when field_type in ('multiple_choice', 'picture_choice', 'dropdown', 'yes_no', 'legal', 'matrix')
                then 'choice'
            else 'text'
        end as question_kind
    from fields

),

questions as (

    select
        survey_id,
        question_id,
        question_kind,
        cast(case when question_kind = 'nps' then 0 end as double) as scale_min,
        cast(case when question_kind = 'nps' then 10 end as double) as scale_max,
        false as is_reversed
    from with_kinds

)

select * from questions
