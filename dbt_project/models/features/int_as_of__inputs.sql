-- One row per evaluated date: everything that was known by then, as one number. Models of materialization as_of_history
-- keep what they computed for a date for as long as its number stays the same. Rows are hashed whole and the hashes
-- added up, so that their order does not matter. Order lines are hashed together with what is known of their product
-- (int_days__inputs), answers with their question: a product that changes touches the dates since it was first sold,
-- and no others. When a stretch of history ended is told by the row that follows it.
{% set dated_inputs = {
    'int_identity__interactions': 'occurred_date',
    'int_identity__social_interactions': 'occurred_date',
    'int_identity__campaign_exposures': 'assigned_date',
    'int_identity__customer_history': 'valid_from',
    'int_identity__customer_companies': 'valid_from',
    'int_identity__company_history': 'valid_from',
} %}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

order_lines as (

    select
        input_date,
        inputs_hash as input_hash
    from {{ ref('int_days__inputs') }}

),

survey_answers as (

    select
        survey_answers.answered_date as input_date,
        sum(hash(survey_answers, survey_questions)) as input_hash -- noqa: RF02
    from {{ ref('int_identity__survey_answers') }} as survey_answers
    left join {{ ref('int_canonical__survey_questions') }} as survey_questions
        on
            survey_answers.survey_id = survey_questions.survey_id
            and survey_answers.question_id = survey_questions.question_id
    group by survey_answers.answered_date

),

customers as (

    select
        coalesce(known_since_date, date '1900-01-01') as input_date,
        count(*) as customers_count,
        sum(hash(customer_id, known_since_date)) as input_hash
    from {{ ref('int_identity__customers') }}
    group by coalesce(known_since_date, date '1900-01-01')

),

{% for input, date_column in dated_inputs.items() -%}
{{ input.split('__')[1] }} as (

    select
        {{ date_column }} as input_date,
        sum(hash(rows_of_input)) as input_hash
    from (select columns(lambda name: name <> 'valid_to') from {{ ref(input) }}) as rows_of_input -- noqa: AL05
    group by {{ date_column }}

),

{% endfor -%}
inputs as (

    {% set names = ['order_lines', 'survey_answers', 'customers'] -%}
    {% for input in dated_inputs -%}{% do names.append(input.split('__')[1]) %}{% endfor -%}
    {% for name in names -%}
    select
        '{{ name }}' as input_name,
        {{ 'customers_count' if name == 'customers' else '0' }} as customers_count,
        input_hash,
        input_date
    from {{ name }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}

),

known_by_date as (

    select
        -- Of the whole date too: what is computed for tonight holds reasons, and steps are taken from the date before.
        hash(any_value(as_of_dates)) -- noqa: RF02
        + coalesce(sum(hash(inputs.input_name, inputs.input_hash)), 0) as inputs_hash,
        cast(coalesce(sum(inputs.customers_count), 0) as bigint) as customers_count,
        as_of_dates.as_of_date as input_date
    from as_of_dates
    left join inputs on as_of_dates.as_of_date >= inputs.input_date
    group by as_of_dates.as_of_date

)

select * from known_by_date
