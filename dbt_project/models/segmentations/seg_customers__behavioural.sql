-- One row per customer and as_of_date: the buying pattern. How often the customer bought within 365 days, by the
-- company's own usage with frozen cut-points, crossed with the way of buying: many units at once, or mostly on
-- discount. Bulk goes before discount, since large quantities are often what the discount was given for.
{{ config(materialized='as_of_history', enabled='behavioural' in var('schemes')) }}

with purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

boundaries as (

    select * from {{ ref('int_behavioural__boundaries') }}

),

levelled as (

    select
        purchases.customer_id,
        {{ usage_level('purchases.order_days_365d_count', 'boundaries.order_days_counts') }} as usage_level,
        {{ usage_level('purchases.order_days_365d_count', 'previous_boundaries.order_days_counts') }}
            as previous_usage_level,
        purchases.order_days_count,
        purchases.order_days_365d_count,
        purchases.discounted_units_365d_share,
        purchases.units_per_line_365d_mean,
        purchases.order_days_count > 0 as has_ordered,
        coalesce(
            purchases.discounted_units_365d_share >= {{ var('behavioural_deal_seeker_share') }}, false
        ) as is_deal_seeker,
        coalesce(
            purchases.units_per_line_365d_mean >= {{ var('behavioural_bulk_buyer_units') }}, false
        ) as is_bulk_buyer,
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
        'behavioural' as scheme,
        {{ behavioural_segment('usage_level') }} as segment_code,
        case
            when has_previous_boundaries then {{ behavioural_segment('previous_usage_level') }}
        end as segment_code_on_previous_boundaries,
        cast(null as double) as score,
        cast(null as double) as confidence,
        case
            when not is_tonight then null
            when not has_ordered then [{{ reason('order_days_count', 'order_days_count', '-1') }}]
            when order_days_365d_count = 0
                then [{{ reason('order_days_365d_count', 'order_days_365d_count', '-1') }}]
            else [
                {{ reason(
                    'order_days_365d_count',
                    'order_days_365d_count',
                    "case usage_level when 'heavy' then 1 when 'regular' then 0.5 when 'one_off' then -0.5 else 0 end"
                ) }},
                {{ reason('units_per_line_365d_mean', 'round(units_per_line_365d_mean, 2)', '0') }},
                {{ reason('discounted_units_365d_share', 'round(discounted_units_365d_share, 4)', '0') }}
            ]
        end as reasons,
        as_of_date
    from levelled

)

select * from segmented
