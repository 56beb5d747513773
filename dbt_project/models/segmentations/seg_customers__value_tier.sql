-- One row per customer and as_of_date: the value tier, by the margin of the 365 days that end on the date against that
-- of all customers with an order in them, with frozen cut-points. Customers without an order in the window are no tier:
-- nothing was earned from them, which is not the same as little.
{{ config(materialized='as_of_history', enabled='value_tier' in var('schemes')) }}

with purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

boundaries as (

    select * from {{ ref('int_value_tier__boundaries') }}

),

tiered as (

    select
        purchases.customer_id,
        purchases.order_days_365d_count,
        purchases.margin_365d_amount,
        {{ value_tier('purchases.margin_365d_amount', 'boundaries.margin_amounts') }} as tier,
        {{ value_tier('purchases.margin_365d_amount', 'previous_boundaries.margin_amounts') }} as previous_tier,
        purchases.order_days_365d_count > 0 as has_order_in_window,
        as_of_dates.is_tonight,
        as_of_dates.previous_boundaries_set_date is not null as has_previous_boundaries,
        purchases.as_of_date
    from purchases
    inner join as_of_dates on purchases.as_of_date = as_of_dates.as_of_date
    left join boundaries on as_of_dates.boundaries_set_date = boundaries.as_of_date
    left join boundaries as previous_boundaries
        on as_of_dates.previous_boundaries_set_date = previous_boundaries.as_of_date

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
            else [
                {{ reason(
                    'margin_365d_amount',
                    'cast(margin_365d_amount as decimal(18, 2))',
                    'coalesce((2 * (' ~ tiers_below('tier') ~ ') - 5) / 5.0, 0)'
                ) }}
            ]
        end as reasons,
        as_of_date
    from tiered

)

select * from segmented
