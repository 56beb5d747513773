-- One row per as_of_date and category ordered within the 365 days before: the segment of those who prefer it. The
-- categories with most customers are segments of their own; the smaller ones share one, as nobody acts on hundreds.
{{ config(materialized='as_of_history', enabled='product_preference' in var('schemes')) }}

with category_base as (

    select * from {{ ref('int_products__category_base') }}
    where {{ computed_now() }}

),

ranked as (

    select
        category_code,
        category,
        row_number() over (
            partition by as_of_date
            order by customer_count desc, category_code asc
        ) as category_rank,
        as_of_date
    from category_base

),

with_segments as (

    select
        category_code,
        category,
        case
            when category_rank <= {{ var('product_preference_segments') }} then category_code
            else 'other_category'
        end as segment_code,
        as_of_date
    from ranked

)

select * from with_segments
