-- One row per customer, kind of question (nps, csat, ces) and answer on its scale, numbered from the customer's first
-- to the latest. Of answers of the same moment the worse one counts as the later: it is the one to act on.
with answers as (

    select * from {{ ref('int_surveys__answers') }}

),

on_scale as (

    select
        customer_id,
        question_kind,
        answer_number,
        construct_share,
        row_number() over (
            partition by customer_id, question_kind
            order by
                answered_at asc,
                construct_share desc,
                source_name asc,
                response_id asc,
                question_id asc
        ) as answer_rank,
        answered_date
    from answers
    where question_kind in ('nps', 'csat', 'ces') and construct_share is not null

),

with_changes as (

    select
        customer_id,
        question_kind,
        answer_number,
        answer_number - lag(answer_number) over (
            partition by customer_id, question_kind
            order by answer_rank asc
        ) as answer_change,
        construct_share,
        answer_rank,
        answered_date
    from on_scale

)

select * from with_changes
