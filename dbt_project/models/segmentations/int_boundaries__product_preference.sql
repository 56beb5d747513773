-- One row per boundary of the product preference and as_of_date: how many categories are segments of their own. The
-- limit of the lift is a fixed threshold and therefore no boundary.
{{ config(enabled='product_preference' in var('schemes')) }}

with categories as (

    select * from {{ ref('int_product_preference__categories') }}
    where segment_code = category_code

),

boundaries as (

    select
        'segment_categories_count' as boundary_name,
        'Categories with customers enough to be a segment; those who prefer another one share a segment' as description,
        'categories' as unit,
        1 as boundary_number,
        cast(count(*) as double) as boundary_value,
        as_of_date
    from categories
    group by as_of_date

)

select * from boundaries
