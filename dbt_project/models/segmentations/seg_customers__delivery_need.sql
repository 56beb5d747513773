-- One row per customer and as_of_date: what the customer needs of a delivery, by how they had their orders delivered
-- in the 365 days before. Freight and bulk come first, as they decide what can be offered at all. Whose deliveries
-- came late and who then pays for express shows the need for speed with fewer express orders.
{{ config(materialized='as_of_history', enabled='delivery_need' in var('schemes')) }}

with delivery as (

    select * from {{ ref('feat_customers__delivery') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

judged as (

    select
        delivery.*,
        case
            when delivery.late_delivery_365d_share >= {{ var('delivery_need_late_share') }}
                then {{ var('delivery_need_express_after_late_share') }}
            else {{ var('delivery_need_express_share') }}
        end as express_needed_share,
        as_of_dates.is_tonight
    from delivery
    inner join as_of_dates on delivery.as_of_date = as_of_dates.as_of_date

),

with_segments as (

    select
        *,
        case
            when delivery_order_365d_count = 0 then 'unknown'
            when freight_delivery_365d_share >= {{ var('delivery_need_freight_share') }} then 'bulk_freight'
            when average_order_unit_365d_count >= {{ var('delivery_need_bulk_units') }} then 'bulk_freight'
            when express_delivery_365d_share >= express_needed_share then 'speed_seeker'
            when pickup_delivery_365d_share >= {{ var('delivery_need_pickup_share') }} then 'pick_up'
            when economy_delivery_365d_share >= {{ var('delivery_need_economy_share') }} then 'cost_saver'
            else 'standard'
        end as segment_code
    from judged

),

segmented as (

    select
        customer_id,
        'delivery_need' as scheme,
        segment_code,
        segment_code as segment_code_on_previous_boundaries,
        cast(null as double) as score,
        cast(null as double) as confidence,
        case
            when not is_tonight then null
            when segment_code = 'unknown'
                then [
                    {{ reason('delivery_order_365d_count', 'delivery_order_365d_count', '0') }},
                    {{ reason('standard_delivery_365d_share', 'null', '0') }}
                ]
            when segment_code = 'bulk_freight'
                then [
                    {{ reason('freight_delivery_365d_share', 'round(freight_delivery_365d_share, 2)', '0') }},
                    {{ reason('average_order_unit_365d_count', 'round(average_order_unit_365d_count, 1)', '0') }}
                ]
            when segment_code = 'speed_seeker'
                then [
                    {{ reason('express_delivery_365d_share', 'round(express_delivery_365d_share, 2)', '0') }},
                    {{ reason('late_delivery_365d_share', 'round(late_delivery_365d_share, 2)', '0') }}
                ]
            when segment_code = 'pick_up'
                then [
                    {{ reason('pickup_delivery_365d_share', 'round(pickup_delivery_365d_share, 2)', '0') }}
                ]
            when segment_code = 'cost_saver'
                then [
                    {{ reason('economy_delivery_365d_share', 'round(economy_delivery_365d_share, 2)', '0') }}
                ]
            else [
                {{ reason('standard_delivery_365d_share', 'round(standard_delivery_365d_share, 2)', '0') }},
                {{ reason('express_delivery_365d_share', 'round(express_delivery_365d_share, 2)', '0') }}
            ]
        end as reasons,
        as_of_date
    from with_segments

)

select * from segmented
