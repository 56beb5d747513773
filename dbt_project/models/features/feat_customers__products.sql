-- One row per customer and as_of_date: what kinds of products the customer had chosen by then. Refunds do not undo a
-- choice; amounts are of sales before them. Articles are summed up per customer first, so that what is counted there
-- (categories, brands) is counted over few rows.
{{ config(materialized='as_of_history') }}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

sku_days as (

    select * from {{ ref('int_purchases__customer_sku_days') }}

),

orders as (

    select * from {{ ref('int_purchases__orders') }}

),

product_groups as (

    select * from {{ ref('int_products__groups') }}

),

preferred_categories as (

    select * from {{ ref('int_products__preferred_categories') }}
    where {{ computed_now() }}

),

by_sku as (

    select
        sku_days.customer_id,
        sku_days.sku,
        sum(sku_days.line_count) filter (where {{ in_last_365d('sku_days.order_date') }}) as line_365d_count,
        min(sku_days.order_date) as first_order_date,
        arg_min(sku_days.line_count, sku_days.order_date) as first_day_line_count,
        sum(sku_days.unit_count) filter (where {{ in_last_365d('sku_days.order_date') }}) as unit_365d_count,
        sum(sku_days.unit_count) filter (where {{ in_last_365d('sku_days.order_date') }} and sku_days.is_new_product)
            as new_unit_365d_count,
        sum(sku_days.sale_amount) filter (where {{ in_last_365d('sku_days.order_date') }}) as sale_365d_amount,
        as_of_dates.as_of_date
    from sku_days
    inner join as_of_dates on sku_days.order_date <= as_of_dates.as_of_date
    group by sku_days.customer_id, sku_days.sku, as_of_dates.as_of_date

),

with_groups as (

    select
        by_sku.*,
        -- Lines of an article's first day repeat nothing, however many there are.
        by_sku.line_365d_count - case
            when by_sku.first_order_date > by_sku.as_of_date - 365 then by_sku.first_day_line_count
            else 0
        end as repeat_line_365d_count,
        by_sku.line_365d_count is not null as is_in_365d,
        product_groups.category_code,
        product_groups.subcategory_code,
        product_groups.brand_code,
        product_groups.launched_date
    from by_sku
    left join product_groups on by_sku.sku = product_groups.sku

),

breadth as (

    select
        customer_id,
        {% for thing in ['category', 'subcategory', 'brand'] -%}
        count(distinct {{ thing }}_code) as {{ thing }}_count,
        count(distinct {{ thing }}_code) filter (where is_in_365d) as {{ thing }}_365d_count,
        {% endfor -%}
        count(*) as sku_count,
        count(*) filter (where is_in_365d) as sku_365d_count,
        sum(line_365d_count) as line_365d_count,
        sum(repeat_line_365d_count) as repeat_line_365d_count,
        sum(unit_365d_count) filter (where launched_date is not null) as dated_unit_365d_count,
        sum(coalesce(new_unit_365d_count, 0)) as new_unit_365d_count,
        as_of_date
    from with_groups
    group by customer_id, as_of_date

),

by_brand as (

    select
        customer_id,
        brand_code,
        sum(sale_365d_amount) as sale_365d_amount,
        as_of_date
    from with_groups
    where is_in_365d and brand_code is not null
    group by customer_id, brand_code, as_of_date

),

brands as (

    select
        customer_id,
        max(sale_365d_amount) as top_brand_sale_amount,
        sum(sale_365d_amount) as branded_sale_amount,
        as_of_date
    from by_brand
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
        {% for thing in ['category', 'subcategory', 'brand', 'sku'] -%}
        coalesce(breadth.{{ thing }}_count, 0) as {{ thing }}_count,
        coalesce(breadth.{{ thing }}_365d_count, 0) as {{ thing }}_365d_count,
        {% endfor -%}
        coalesce(preferred_categories.category_order_count, 0) as category_order_365d_count,
        coalesce(new_orders.order_count, 0) as new_product_order_365d_count,
        preferred_categories.preferred_category_lift,
        preferred_categories.preferred_category_lift_lower_bound,
        preferred_categories.top_category_share as top_category_365d_share,
        {{ ratio('brands.top_brand_sale_amount', 'brands.branded_sale_amount') }} as top_brand_365d_share,
        {{ ratio('breadth.repeat_line_365d_count', 'breadth.line_365d_count') }} as repeat_sku_line_365d_share,
        {{ ratio('breadth.new_unit_365d_count', 'breadth.dated_unit_365d_count') }} as new_product_unit_365d_share,
        spine.as_of_date
    from spine
    left join breadth on spine.customer_id = breadth.customer_id and spine.as_of_date = breadth.as_of_date
    left join brands on spine.customer_id = brands.customer_id and spine.as_of_date = brands.as_of_date
    left join new_orders on spine.customer_id = new_orders.customer_id and spine.as_of_date = new_orders.as_of_date
    left join preferred_categories
        on
            spine.customer_id = preferred_categories.customer_id
            and spine.as_of_date = preferred_categories.as_of_date

)

select * from features
