-- One row per customer and as_of_date: how content the customer is, by the best evidence there is: the latest NPS
-- answer, else the latest CSAT answer, else what they write on social platforms. The segment names its evidence, since
-- a neutral post and a passive answer are not the same. Boundaries are fixed, so none of them ever moves.
{{ config(materialized='as_of_history', enabled='satisfaction' in var('schemes')) }}
{% set maximum_age_days = var('satisfaction_maximum_age_days') %}
{% set social_sentiment = var('satisfaction_social_sentiment') %}

with satisfaction as (

    select * from {{ ref('feat_customers__satisfaction') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

with_evidence as (

    select
        satisfaction.*,
        case
            when satisfaction.days_since_last_nps_answer < {{ maximum_age_days }} then 'nps'
            when satisfaction.days_since_last_csat_answer < {{ maximum_age_days }} then 'csat'
            when satisfaction.social_sentiment_365d_count > 0 then 'social'
            else 'none'
        end as evidence,
        as_of_dates.is_tonight
    from satisfaction
    inner join as_of_dates on satisfaction.as_of_date = as_of_dates.as_of_date

),

assigned as (

    select
        *,
        case evidence
            -- The bands of the Net Promoter Score are part of its definition.
            when 'nps'
                then
                    case
                        when latest_nps_answer >= 9 then 'promoter'
                        when latest_nps_answer >= 7 then 'passive'
                        else 'detractor'
                    end
            when 'csat'
                then
                    case
                        when latest_csat_share >= {{ var('satisfaction_csat_satisfied_share') }} then 'satisfied_csat'
                        when latest_csat_share >= {{ var('satisfaction_csat_neutral_share') }} then 'neutral_csat'
                        else 'dissatisfied_csat'
                    end
            when 'social'
                then
                    case
                        when social_sentiment_365d_mean >= {{ social_sentiment }} then 'positive_social'
                        when social_sentiment_365d_mean > -{{ social_sentiment }} then 'neutral_social'
                        else 'negative_social'
                    end
            else 'unknown'
        end as segment_code,
        case evidence
            when 'nps' then latest_nps_answer / 10
            when 'csat' then latest_csat_share
            when 'social' then (social_sentiment_365d_mean + 1) / 2
        end as score
    from with_evidence

),

segmented as (

    select
        customer_id,
        'satisfaction' as scheme,
        segment_code,
        segment_code as segment_code_on_previous_boundaries,
        score,
        cast(null as double) as confidence,
        case
            when not is_tonight then null
            when evidence = 'nps'
                then [
                    {{ reason('latest_nps_answer', 'latest_nps_answer', '2 * score - 1') }},
                    {{ reason('days_since_last_nps_answer', 'days_since_last_nps_answer', '0') }}
                ]
            when evidence = 'csat'
                then [
                    {{ reason('latest_csat_share', 'latest_csat_share', '2 * score - 1') }},
                    {{ reason('days_since_last_csat_answer', 'days_since_last_csat_answer', '0') }}
                ]
            when evidence = 'social'
                then [
                    {{ reason(
                        'social_sentiment_365d_mean', 'social_sentiment_365d_mean', 'social_sentiment_365d_mean'
                    ) }},
                    {{ reason('social_sentiment_365d_count', 'social_sentiment_365d_count', '0') }}
                ]
            -- An answer that is too old is shown with its age, one that was never given with null.
            else [
                {{ reason('days_since_last_nps_answer', 'days_since_last_nps_answer', '0') }},
                {{ reason('days_since_last_csat_answer', 'days_since_last_csat_answer', '0') }},
                {{ reason('social_sentiment_365d_mean', 'null', '0') }}
            ]
        end as reasons,
        as_of_date
    from assigned

)

select * from segmented
