-- One row per customer and as_of_date: how likely the customer is to stay away, crossed with the expected margin. The
-- limit of risk is fixed, that of value is a quantile of the company's own and frozen between month ends. On the
-- boundaries of before, what the models of before say of the customer counts, so that another model is a boundary that
-- moved. Without a prediction the customer is unknown.
{{ config(materialized='as_of_history', enabled='predictive' in var('schemes')) }}

with purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where {{ computed_now(inputs='int_predictions__inputs') }}

),

predictions as (

    select * from {{ source('ml', 'ml_customers__predictions') }}
    where {{ computed_now(inputs='int_predictions__inputs') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

limits as (

    select * from {{ ref('int_predictive__limits') }}

),

judged as (

    select
        purchases.customer_id,
        purchases.margin_365d_amount,
        predictions.p_return_90d,
        predictions.expected_margin_365d_amount,
        predictions.reasons as prediction_reasons,
        predictions.p_return_90d < {{ var('predictive_high_risk_return_share') }} as is_high_risk,
        predictions.previous_p_return_90d < {{ var('predictive_high_risk_return_share') }} as was_high_risk,
        predictions.expected_margin_365d_amount > limits.expected_margin_amount as is_high_value,
        predictions.previous_expected_margin_365d_amount > previous_limits.expected_margin_amount as was_high_value,
        predictions.expected_margin_365d_amount
        > {{ var('predictive_high_potential_ratio') }} * greatest(purchases.margin_365d_amount, 0) as is_rising,
        predictions.p_return_90d is null or predictions.expected_margin_365d_amount is null as is_unpredicted,
        as_of_dates.is_tonight,
        as_of_dates.previous_as_of_date is not null as has_previous_boundaries,
        predictions.next_order_expected_date,
        predictions.next_order_from_date,
        predictions.next_order_to_date,
        purchases.as_of_date
    from purchases
    inner join as_of_dates on purchases.as_of_date = as_of_dates.as_of_date
    left join predictions
        on purchases.customer_id = predictions.customer_id and purchases.as_of_date = predictions.as_of_date
    left join limits on as_of_dates.as_of_date = limits.as_of_date
    left join limits as previous_limits on as_of_dates.previous_as_of_date = previous_limits.as_of_date

),

segmented as (

    select
        customer_id,
        'predictive' as scheme,
        {{ predictive_segment('is_high_risk', 'is_high_value') }} as segment_code,
        case
            when has_previous_boundaries then {{ predictive_segment('was_high_risk', 'was_high_value') }}
        end as segment_code_on_previous_boundaries,
        1 - p_return_90d as score,
        cast(null as double) as confidence,
        case
            when not is_tonight then null
            when is_unpredicted then [{{ reason('p_return_90d', 'null', '0') }}]
            else list_concat(
                [
                    {{ reason(
                        'p_return_90d',
                        'round(p_return_90d, 3)',
                        'p_return_90d - ' ~ var('predictive_high_risk_return_share')
                    ) }},
                    {{ reason(
                        'expected_margin_365d_amount',
                        'cast(expected_margin_365d_amount as decimal(18, 2))',
                        'coalesce(2 * cast(is_high_value as integer) - 1, 0)'
                    ) }},
                    {{ reason('margin_365d_amount', 'cast(margin_365d_amount as decimal(18, 2))', '0') }},
                    {{ reason(
                        'is_high_potential',
                        'coalesce(is_high_value and is_rising, false)',
                        'cast(coalesce(is_high_value and is_rising, false) as integer)'
                    ) }},
                    {{ reason('next_order_expected_date', 'next_order_expected_date', '0') }},
                    {{ reason('next_order_from_date', 'next_order_from_date', '0') }},
                    {{ reason('next_order_to_date', 'next_order_to_date', '0') }}
                ],
                coalesce(prediction_reasons[1:3], [])
            )
        end as reasons,
        as_of_date
    from judged

)

select * from segmented
