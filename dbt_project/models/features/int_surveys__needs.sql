-- One row per response of a customer to Likert items: which construct it agrees with most, measured against the
-- person's own mean. Some people agree with everything; only what they agree with more than with the rest tells a need.
-- Items on attitudes say how people think, not what they want of a shop.
with items as (

    select * from {{ ref('int_surveys__answers') }}
    where
        question_kind = 'likert'
        and scale_share is not null
        and construct is not null
        and not {{ is_attitude('construct') }}

),

responses as (

    select
        customer_id,
        source_name,
        survey_id,
        response_id,
        count(*) as item_count,
        {{ ratio('sum(construct_share)', 'count(*)') }} as own_mean,
        -- As it was ticked: a row of fives says yes to an item and to its opposite.
        count(*) >= {{ var('needs_straight_liner_items') }} and count(distinct scale_share) = 1 as is_straight_liner,
        max(answered_date) as answered_date,
        max(answered_at) as answered_at
    from items
    group by customer_id, source_name, survey_id, response_id

),

constructs as (

    select
        customer_id,
        source_name,
        survey_id,
        response_id,
        construct,
        {{ ratio('sum(construct_share)', 'count(*)') }} as construct_mean
    from items
    group by customer_id, source_name, survey_id, response_id, construct

),

ranked as (

    select
        *,
        row_number() over (
            partition by customer_id, source_name, survey_id, response_id
            order by construct_mean desc, construct asc
        ) as construct_rank
    from constructs

),

strongest as (

    select
        customer_id,
        source_name,
        survey_id,
        response_id,
        max(construct) filter (where construct_rank = 1) as strongest_need,
        max(construct) filter (where construct_rank = 2) as second_need,
        max(construct_mean) filter (where construct_rank = 1) as strongest_mean,
        max(construct_mean) filter (where construct_rank = 2) as second_mean
    from ranked
    where construct_rank <= 2
    group by customer_id, source_name, survey_id, response_id

),

needs as (

    select
        responses.customer_id,
        responses.source_name,
        responses.survey_id,
        responses.response_id,
        strongest.strongest_need,
        strongest.second_need,
        responses.item_count,
        -- Rounded, as means of thirds and halves differ in their last digit only.
        round(strongest.strongest_mean - responses.own_mean, 6) as strongest_need_score,
        round(strongest.second_mean - responses.own_mean, 6) as second_need_score,
        round(strongest.strongest_mean - strongest.second_mean, 6) as need_lead,
        row_number() over (
            partition by responses.customer_id
            order by
                responses.answered_at asc,
                responses.source_name asc,
                responses.survey_id asc,
                responses.response_id asc
        ) as response_rank,
        responses.is_straight_liner,
        responses.answered_date
    from responses
    inner join strongest
        on
            responses.customer_id = strongest.customer_id
            and responses.source_name = strongest.source_name
            and responses.survey_id = strongest.survey_id
            and responses.response_id = strongest.response_id

)

select * from needs
