-- One row per customer and as_of_date: the category that the customer prefers, where they order from it so much more
-- often than others that chance does not explain it. Which categories are segments of their own is set at month ends;
-- a category that came later belongs to the other ones until the next.
{{ config(materialized='as_of_history', enabled='product_preference' in var('schemes')) }}

with products as (

    select * from {{ ref('feat_customers__products') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

categories as (

    select * from {{ ref('int_product_preference__categories') }}

),

judged as (

    select
        products.customer_id,
        products.preferred_category_code,
        products.preferred_category,
        products.category_order_365d_count,
        products.preferred_category_lift,
        products.preferred_category_lift_lower_bound,
        case
            when products.category_order_365d_count = 0 then 'unknown'
            when products.preferred_category_lift_lower_bound > {{ var('product_preference_minimum_lift') }}
                then 'preferred'
            else 'broad_taste'
        end as taste,
        as_of_dates.is_tonight,
        as_of_dates.boundaries_set_date,
        as_of_dates.previous_boundaries_set_date,
        products.as_of_date
    from products
    inner join as_of_dates on products.as_of_date = as_of_dates.as_of_date

),

with_categories as (

    select
        judged.*,
        case
            when judged.taste = 'preferred' then coalesce(categories.segment_code, 'other_category')
            else judged.taste
        end as segment_code,
        case
            when judged.previous_boundaries_set_date is null then null
            when judged.taste = 'preferred' then coalesce(previous_categories.segment_code, 'other_category')
            else judged.taste
        end as segment_code_on_previous_boundaries
    from judged
    left join categories
        on
            judged.preferred_category_code = categories.category_code
            and judged.boundaries_set_date = categories.as_of_date
    left join categories as previous_categories
        on
            judged.preferred_category_code = previous_categories.category_code
            and judged.previous_boundaries_set_date = previous_categories.as_of_date

),

segmented as (

    select
        customer_id,
        'product_preference' as scheme,
        segment_code,
        segment_code_on_previous_boundaries,
        cast(null as double) as score,
        cast(null as double) as confidence,
        case
            when not is_tonight then null
            when taste = 'unknown'
                then [
                    {{ reason('category_order_365d_count', 'category_order_365d_count', '0') }},
                    {{ reason('preferred_category', 'null', '0') }}
                ]
            else [
                {{ reason('preferred_category', 'preferred_category', '0') }},
                {{ reason(
                    'preferred_category_lift_lower_bound',
                    'round(preferred_category_lift_lower_bound, 2)',
                    'least(1, preferred_category_lift_lower_bound - ' ~ var('product_preference_minimum_lift') ~ ')'
                ) }},
                {{ reason('preferred_category_lift', 'round(preferred_category_lift, 2)', '0') }},
                {{ reason('category_order_365d_count', 'category_order_365d_count', '0') }}
            ]
        end as reasons,
        as_of_date
    from with_categories

)

select * from segmented
