-- One row per customer and as_of_date: the value tier, by the margin that a model expects of the next 365 days against
-- that of all customers with an order in the last 365, with frozen cut-points; by the margin of the last 365 days
-- where no model is published. Cut-points are of the same kind of margins as the customer's. On the boundaries of
-- before, what the models of before expect of the customer counts, so that another model is a boundary that moved.
-- Customers without an order in the window are no tier: nothing was earned from them, which is not the same as little;
-- and as they only become more, a share of all who ever bought would not stay the same share.
{{ config(materialized='as_of_history', enabled='value_tier' in var('schemes')) }}

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

    select * from {{ ref('int_value_tier__limits') }}

),

valued as (

    select
        purchases.customer_id,
        purchases.order_days_365d_count,
        purchases.margin_365d_amount as past_margin_amount,
        {{ modelled_margin('predictions') }} as expected_margin_amount,
        {{ modelled_margin('predictions', prefix='previous_') }} as previous_expected_margin_amount,
        predictions.value_source,
        limits.margin_kind,
        limits.margin_amounts,
        previous_limits.margin_kind as previous_margin_kind,
        previous_limits.margin_amounts as previous_margin_amounts,
        purchases.order_days_365d_count > 0 as has_order_in_window,
        as_of_dates.is_tonight,
        as_of_dates.previous_as_of_date is not null as has_previous_boundaries,
        purchases.as_of_date
    from purchases
    inner join as_of_dates on purchases.as_of_date = as_of_dates.as_of_date
    left join predictions
        on purchases.customer_id = predictions.customer_id and purchases.as_of_date = predictions.as_of_date
    left join limits on as_of_dates.as_of_date = limits.as_of_date
    left join limits as previous_limits on as_of_dates.previous_as_of_date = previous_limits.as_of_date

),

tiered as (

    select
        *,
        {{ value_tier(value_amount('margin_kind', 'expected_margin_amount'), 'margin_amounts') }} as tier,
        {{ value_tier(
            value_amount('previous_margin_kind', 'previous_expected_margin_amount'), 'previous_margin_amounts'
        ) }} as previous_tier,
        margin_kind != {{ past_margin_kind() }} and expected_margin_amount is not null as is_by_expected
    from valued

),

segmented as (

    select
        customer_id,
        'value_tier' as scheme,
        case
            when not has_order_in_window then 'no_purchase'
            else coalesce(tier, 'unknown')
        end as segment_code,
        case
            when not has_previous_boundaries then null
            when not has_order_in_window then 'no_purchase'
            else coalesce(previous_tier, 'unknown')
        end as segment_code_on_previous_boundaries,
        case
            when has_order_in_window then cast(({{ tiers_below('tier') }}) / 5.0 as double)
        end as score,
        cast(null as double) as confidence,
        case
            when not is_tonight then null
            when not has_order_in_window
                then [{{ reason('order_days_365d_count', 'order_days_365d_count', '-1') }}]
            when is_by_expected
                then [
                    {{ reason(
                        'expected_margin_365d_amount',
                        'cast(expected_margin_amount as decimal(18, 2))',
                        'coalesce((2 * (' ~ tiers_below('tier') ~ ') - 5) / 5.0, 0)'
                    ) }},
                    {{ reason('margin_365d_amount', 'cast(past_margin_amount as decimal(18, 2))', '0') }},
                    {{ reason('value_source', 'value_source', '0') }}
                ]
            else [
                {{ reason(
                    'margin_365d_amount',
                    'cast(past_margin_amount as decimal(18, 2))',
                    'coalesce((2 * (' ~ tiers_below('tier') ~ ') - 5) / 5.0, 0)'
                ) }}
            ]
        end as reasons,
        as_of_date
    from tiered

)

select * from segmented
