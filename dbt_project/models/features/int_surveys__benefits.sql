-- One row per answer of a customer to a choice question whose construct is benefit: what they say they buy for,
-- numbered from the customer's first to the latest.
with answers as (

    select * from {{ ref('int_surveys__answers') }}

),

benefits as (

    select
        customer_id,
        trim(answer_choice) as stated_benefit,
        row_number() over (
            partition by customer_id
            order by
                answered_at asc,
                source_name asc,
                survey_id asc,
                response_id asc,
                question_id asc
        ) as answer_rank,
        answered_date
    from answers
    where question_kind = 'choice' and construct = 'benefit' and trim(answer_choice) <> ''

)

select * from benefits
