-- One row per customer and as_of_date: what kinds of products the customer had chosen in the year before. Refunds do
-- not undo a choice; amounts are of sales before them. Articles are summed up per customer first, so that brands and
-- subcategories are counted over few rows.
{{ config(materialized='as_of_history') }}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }} and {{ customers_of_part() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

sku_days as (

    select * from {{ ref('int_purchases__customer_sku_days') }}
    where {{ customers_of_part() }}

),

orders as (

    select * from {{ ref('int_purchases__orders') }}
    where {{ customers_of_part() }}

),

product_groups as (

    select * from {{ ref('int_products__groups') }}

),

preferred_categories as (

    select * from {{ ref('int_products__preferred_categories') }}
    where {{ computed_now() }} and {{ customers_of_part() }}

),

-- Whatever is asked here looks back 365 days, so that older days need not be grouped at all.
by_sku as (

    select
        sku_days.customer_id,
        sku_days.sku,
        sum(sku_days.line_count) as line_count,
        -- Lines of the article's first day repeat nothing, however many there are.
        sum(sku_days.line_count) - arg_min(sku_days.line_count, sku_days.order_date) as repeat_line_count,
        sum(sku_days.unit_count) as unit_count,
        sum(sku_days.unit_count) filter (where sku_days.is_new_product) as new_unit_count,
        sum(sku_days.sale_amount) as sale_amount,
        as_of_dates.as_of_date
    from sku_days
    inner join as_of_dates
        on sku_days.order_date <= as_of_dates.as_of_date and {{ in_last_365d('sku_days.order_date') }}
    group by sku_days.customer_id, sku_days.sku, as_of_dates.as_of_date

),

by_brand as (

    select
        by_sku.customer_id,
        product_groups.brand_code,
        count(*) as sku_count,
        sum(by_sku.line_count) as line_count,
        sum(by_sku.repeat_line_count) as repeat_line_count,
        sum(by_sku.unit_count) filter (where product_groups.launched_date is not null) as dated_unit_count,
        sum(by_sku.new_unit_count) as new_unit_count,
        sum(by_sku.sale_amount) as sale_amount,
        by_sku.as_of_date
    from by_sku
    left join product_groups on by_sku.sku = product_groups.sku
    group by by_sku.customer_id, product_groups.brand_code, by_sku.as_of_date

),

-- Articles whose brand nobody names are in it too, as one line without a brand.
breadth as (

    select
        customer_id,
        count(brand_code) as brand_count,
        sum(sku_count) as sku_count,
        sum(line_count) as line_count,
        sum(repeat_line_count) as repeat_line_count,
        sum(dated_unit_count) as dated_unit_count,
        sum(coalesce(new_unit_count, 0)) as new_unit_count,
        max(sale_amount) filter (where brand_code is not null) as top_brand_sale_amount,
        sum(sale_amount) filter (where brand_code is not null) as branded_sale_amount,
        as_of_date
    from by_brand
    group by customer_id, as_of_date

),

by_subcategory as (

    select distinct
        by_sku.customer_id,
        product_groups.subcategory_code,
        by_sku.as_of_date
    from by_sku
    inner join product_groups on by_sku.sku = product_groups.sku
    where product_groups.subcategory_code is not null

),

subcategories as (

    select
        customer_id,
        count(*) as subcategory_count,
        as_of_date
    from by_subcategory
    group by customer_id, as_of_date

),

new_orders as (

    select
        orders.customer_id,
        count(*) as order_count,
        as_of_dates.as_of_date
    from orders
    inner join as_of_dates
        on orders.order_date <= as_of_dates.as_of_date and {{ in_last_365d('orders.order_date') }}
    where orders.has_new_product
    group by orders.customer_id, as_of_dates.as_of_date

),

features as (

    select
        spine.customer_id,
        preferred_categories.preferred_category_code,
        preferred_categories.preferred_category,
        preferred_categories.top_category,
        coalesce(preferred_categories.category_count, 0) as category_365d_count,
        coalesce(subcategories.subcategory_count, 0) as subcategory_365d_count,
        coalesce(breadth.brand_count, 0) as brand_365d_count,
        cast(coalesce(breadth.sku_count, 0) as bigint) as sku_365d_count,
        coalesce(preferred_categories.category_order_count, 0) as category_order_365d_count,
        coalesce(new_orders.order_count, 0) as new_product_order_365d_count,
        preferred_categories.preferred_category_lift,
        preferred_categories.preferred_category_lift_lower_bound,
        preferred_categories.top_category_share as top_category_365d_share,
        {{ ratio('breadth.top_brand_sale_amount', 'breadth.branded_sale_amount') }} as top_brand_365d_share,
        {{ ratio('breadth.repeat_line_count', 'breadth.line_count') }} as repeat_sku_line_365d_share,
        {{ ratio('breadth.new_unit_count', 'breadth.dated_unit_count') }} as new_product_unit_365d_share,
        spine.as_of_date
    from spine
    left join breadth on spine.customer_id = breadth.customer_id and spine.as_of_date = breadth.as_of_date
    left join subcategories
        on spine.customer_id = subcategories.customer_id and spine.as_of_date = subcategories.as_of_date
    left join new_orders on spine.customer_id = new_orders.customer_id and spine.as_of_date = new_orders.as_of_date
    left join preferred_categories
        on
            spine.customer_id = preferred_categories.customer_id
            and spine.as_of_date = preferred_categories.as_of_date

)

select * from features
