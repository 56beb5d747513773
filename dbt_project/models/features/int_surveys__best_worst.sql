-- One row per response of a customer and best-worst (MaxDiff) task: what was shown, and what was chosen of it as best
-- and as worst. The answer itself says what was shown, so that designs may be drawn anew for each respondent. A task
-- that tells no choice stays a row and says why: nothing is lost silently.
{% set most_items = 20 %}
{% set most_letters = 200 %}

with answers as (

    select
        *,
        try_cast(answer_choice as json) as answer
    from {{ ref('int_surveys__answers') }}
    where question_kind = 'max_diff'

),

parted as (

    select
        customer_id,
        -- Two systems may number their surveys and responses alike.
        concat_ws(':', source_name, survey_id) as survey_key,
        concat_ws(':', source_name, survey_id, response_id, customer_id) as response_key,
        question_id,
        answer is not null as has_answer,
        from_json(json_extract(answer, '$.shown'), '["json"]') as offered,
        json_extract(answer, '$.best') as best,
        -- An empty text says as null does that the worst was not asked.
        nullif(nullif(json_extract(answer, '$.worst'), 'null'), '""') as worst,
        answered_date,
        answered_at
    from answers

),

spelled as (

    select
        * exclude (offered, best, worst),
        list_transform(
            offered,
            lambda item:
            case when json_type(item) = 'VARCHAR' then {{ item_text("json_extract_string(item, '$')") }} end
        ) as shown,
        case when json_type(best) = 'VARCHAR' then {{ item_text("json_extract_string(best, '$')") }} end as best_item,
        case when json_type(worst) = 'VARCHAR' then {{ item_text("json_extract_string(worst, '$')") }} end
            as worst_item,
        worst is not null as is_worst_asked
    from parted

),

judged as (

    select
        *,
        case
            when not has_answer then 'no_json_object'
            when shown is null then 'no_items'
            when len(shown) < 2 then 'too_few_items'
            when len(shown) > {{ most_items }} then 'too_many_items'
            when list_contains(list_transform(shown, lambda item: item is null), true) then 'item_without_text'
            when list_max(list_transform(shown, lambda item: length(item))) > {{ most_letters }} then 'item_too_long'
            when list_unique(shown) < len(shown) then 'repeated_item'
            when best_item is null then 'no_best'
            when not list_contains(shown, best_item) then 'best_not_shown'
            when is_worst_asked and worst_item is null then 'worst_without_text'
            when worst_item = best_item then 'worst_is_best'
            when not list_contains(shown, worst_item) then 'worst_not_shown'
        end as unusable_reason
    from spelled

),

placed as (

    select
        *,
        case when unusable_reason is null then best_item end as usable_best,
        case when unusable_reason is null then list_position(shown, best_item) end as best_place,
        case when unusable_reason is null then coalesce(list_position(shown, worst_item), 0) end as worst_place
    from judged

),

best_worst as (

    select
        customer_id,
        survey_key,
        response_key,
        question_id,
        case when unusable_reason is null then shown end as shown,
        case when unusable_reason is null then best_item end as best_item,
        case when unusable_reason is null then worst_item end as worst_item,
        unusable_reason,
        -- Always at the same places, although other items stood there: nobody who read them answers so.
        count(usable_best) over response >= {{ var('needs_straight_liner_items') }}
        and min(best_place) over response = max(best_place) over response
        and min(worst_place) over response = max(worst_place) over response
        and min(usable_best) over response < max(usable_best) over response as is_straight_liner,
        answered_date,
        answered_at
    from placed
    window response as (partition by response_key)

)

select * from best_worst
