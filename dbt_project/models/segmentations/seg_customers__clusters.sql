-- One row per customer and as_of_date: the behavioural cluster. The model in force labels the older dates too, so its
-- boundaries never move between dates. Customers who had bought nothing in the year before are unknown, and so is
-- everybody on a night without a model.
{{ config(enabled='clusters' in var('schemes')) }}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

purchases as (

    select * from {{ ref('feat_customers__purchases') }}

),

clusters as (

    select * from {{ source('ml', 'ml_customers__clusters') }}

),

segmented as (

    select
        purchases.customer_id,
        'clusters' as scheme,
        coalesce(clusters.segment_code, 'unknown') as segment_code,
        coalesce(clusters.segment_code, 'unknown') as segment_code_on_previous_boundaries,
        cast(null as double) as score,
        clusters.confidence,
        case
            when not as_of_dates.is_tonight then null
            when clusters.segment_code is null
                then [
                    {{ reason(
                        'order_days_365d_count',
                        'purchases.order_days_365d_count',
                        '-cast(purchases.order_days_365d_count = 0 as integer)'
                    ) }}
                ]
            else clusters.reasons
        end as reasons,
        purchases.as_of_date
    from purchases
    inner join as_of_dates on purchases.as_of_date = as_of_dates.as_of_date
    left join clusters
        on purchases.customer_id = clusters.customer_id and purchases.as_of_date = clusters.as_of_date

)

select * from segmented
