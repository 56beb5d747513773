{#-
    One row per customer and as_of_date: the segment that the customer's own answer says, or unknown where there is none or
    it is too old, with the reasons of tonight.

    Args:
        answer: The column of feat_customers__survey_answers that holds the answer.
        days_since_answer: The column with its age in days.
        maximum_age_days: From how many days on it no longer counts.
        reasons: The reasons, from columns of the survey answers and segment_code, as SQL.
        unclear: What makes an answer no clear one, pairs of a condition and the segment that it has then.
        score: The score of whoever has a segment, as SQL; none by default.
-#}
{% macro stated_segments(answer, days_since_answer, maximum_age_days, reasons, unclear=[], score=none) -%}
    with survey_answers as (

        select * from {{ ref('feat_customers__survey_answers') }}
        where {{ computed_now() }}

    ),

    as_of_dates as (

        select * from {{ ref('as_of_dates') }}
        where {{ computed_now() }}

    ),

    assigned as (

        select
            survey_answers.*,
            case
                when survey_answers.{{ answer }} is null then 'unknown'
                when survey_answers.{{ days_since_answer }} >= {{ maximum_age_days }} then 'unknown'
                {%- for condition, segment_code in unclear %}
                when {{ condition }} then '{{ segment_code }}'
                {%- endfor %}
                else {{ segment_slug('survey_answers.' ~ answer) }}
            end as segment_code,
            as_of_dates.is_tonight
        from survey_answers
        inner join as_of_dates on survey_answers.as_of_date = as_of_dates.as_of_date

    ),

    segmented as (

        select
            customer_id,
            segment_code,
            {%- if score is not none %}
            case when segment_code <> 'unknown' then {{ score }} end as score,
            {%- endif %}
            case when is_tonight then {{ reasons }} end as reasons,
            as_of_date
        from assigned

    )

    select * from segmented
{%- endmacro %}
