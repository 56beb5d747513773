-- One row per customer and as_of_date: the value tier, by the margin that a model expects of the next 365 days against
-- that of all customers with an order in the last 365, with frozen cut-points; by the margin of the last 365 days where
-- the cut-points are of such margins, because no model expected anything when they were set. Customers without an order
-- in the window are no tier: nothing was earned from them, which is not the same as little; and as they only become
-- more, a share of all who ever bought would not stay the same share.
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

boundaries as (

    select * from {{ ref('int_value_tier__boundaries') }}

),

valued as (

    select
        purchases.customer_id,
        purchases.order_days_365d_count,
        purchases.margin_365d_amount as past_margin_amount,
        {{ modelled_margin('predictions') }} as expected_margin_amount,
        predictions.value_source,
        boundaries.margin_amounts,
        boundaries.is_expected,
        previous_boundaries.margin_amounts as previous_margin_amounts,
        previous_boundaries.is_expected as was_expected,
        purchases.order_days_365d_count > 0 as has_order_in_window,
        as_of_dates.is_tonight,
        as_of_dates.previous_boundaries_set_date is not null as has_previous_boundaries,
        purchases.as_of_date
    from purchases
    inner join as_of_dates on purchases.as_of_date = as_of_dates.as_of_date
    left join predictions
        on purchases.customer_id = predictions.customer_id and purchases.as_of_date = predictions.as_of_date
    left join boundaries on as_of_dates.boundaries_set_date = boundaries.as_of_date
    left join boundaries as previous_boundaries
        on as_of_dates.previous_boundaries_set_date = previous_boundaries.as_of_date

),

tiered as (

    select
        *,
        {{ value_tier(value_amount('is_expected'), 'margin_amounts') }} as tier,
        {{ value_tier(value_amount('was_expected'), 'previous_margin_amounts') }} as previous_tier,
        coalesce(is_expected, false) and expected_margin_amount is not null as is_by_expected
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
