-- One row per customer: the category and the article to offer next, and what goes with the last purchase. The
-- category is the one that models foretell, else the strongest partner of the customer's own, else the best seller of
-- all. The article is the strongest partner of the articles bought last, among those not bought in 365 days, else the
-- best seller of the next category that was not bought. A bundle is the article bought last with its strongest such
-- partner.
{% set last_articles = 3 %}
{% set best_sellers = 3 %}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where as_of_date = {{ tonight() }}

),

products as (

    select * from {{ ref('feat_customers__products') }}
    where as_of_date = {{ tonight() }}

),

propensities as (

    select * from {{ source('ml', 'ml_customers__category_propensities') }}
    where as_of_date = {{ tonight() }} and propensity_rank = 1

),

affinities as (

    select * from {{ ref('int_treatments__affinities') }}
    where is_strong

),

best_sellers as (

    select * from {{ ref('int_treatments__best_sellers') }}

),

sku_days as (

    select * from {{ ref('int_purchases__customer_sku_days') }}

),

product_groups as (

    select * from {{ ref('int_products__groups') }}

),

category_names as (

    select
        category_code,
        min(category) as category
    from product_groups
    where category_code is not null
    group by category_code

),

-- One code of the category on which the customer spent most.
own_categories as (

    select
        products.customer_id,
        min(category_names.category_code) as category_code
    from products
    inner join category_names on products.top_category = category_names.category
    group by products.customer_id

),

bought as (

    select
        sku_days.customer_id,
        sku_days.sku,
        max(sku_days.order_date) as last_order_date
    from sku_days
    where
        sku_days.order_date <= {{ tonight() }}
        and sku_days.order_date > {{ tonight() }} - 365
    group by sku_days.customer_id, sku_days.sku

),

latest as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by last_order_date desc, sku asc
        ) as recency_rank
    from bought
    qualify recency_rank <= {{ last_articles }}

),

partners as (

    select
        latest.customer_id,
        latest.sku,
        latest.recency_rank,
        affinities.partner_code,
        affinities.lift_low
    from latest
    inner join affinities on latest.sku = affinities.item_code and affinities.item_level = 'product'
    anti join bought on latest.customer_id = bought.customer_id and affinities.partner_code = bought.sku

),

strongest_partners as (

    select
        customer_id,
        arg_min(partner_code, row(-lift_low, partner_code)) as partner_sku,
        arg_min(
            partner_code,
            row(-lift_low, partner_code)
        ) filter (where recency_rank = 1) as bundle_partner_sku,
        any_value(sku) filter (where recency_rank = 1) as bundle_sku
    from partners
    group by customer_id

),

category_partners as (

    select
        item_code as category_code,
        partner_code as partner_category_code
    from affinities
    where item_level = 'category'
    qualify row_number() over (
        partition by item_code
        order by lift_low desc, partner_code asc
    ) = 1

),

best_categories as (

    select category_code
    from best_sellers
    where is_category and place = 1

),

with_categories as (

    select
        spine.customer_id,
        coalesce(
            propensities.category_code,
            category_partners.partner_category_code,
            best_categories.category_code
        ) as next_best_category_code,
        case
            when propensities.category_code is not null then propensities.source
            when category_partners.partner_category_code is not null then 'affinity'
            when best_categories.category_code is not null then 'best_seller'
        end as next_best_category_source,
        propensities.p_order_90d as next_best_category_p_order_90d,
        spine.as_of_date
    from spine
    left join propensities on spine.customer_id = propensities.customer_id
    left join own_categories on spine.customer_id = own_categories.customer_id
    left join category_partners on own_categories.category_code = category_partners.category_code
    left join best_categories on true

),

offered as (

    select
        with_categories.customer_id,
        arg_min(best_sellers.sku, best_sellers.place) as best_seller_sku
    from with_categories
    inner join best_sellers
        on with_categories.next_best_category_code = best_sellers.category_code
    anti join bought on with_categories.customer_id = bought.customer_id and best_sellers.sku = bought.sku
    where not best_sellers.is_category and best_sellers.place <= {{ best_sellers }}
    group by with_categories.customer_id

),

next_best as (

    select
        with_categories.customer_id,
        with_categories.next_best_category_code,
        category_names.category as next_best_category,
        with_categories.next_best_category_source,
        coalesce(strongest_partners.partner_sku, offered.best_seller_sku) as next_best_sku,
        case
            when strongest_partners.partner_sku is not null then 'affinity'
            when offered.best_seller_sku is not null then 'best_seller'
        end as next_best_sku_source,
        case
            when strongest_partners.bundle_partner_sku is not null then strongest_partners.bundle_sku
        end as bundle_sku,
        strongest_partners.bundle_partner_sku,
        with_categories.next_best_category_p_order_90d,
        strongest_partners.bundle_partner_sku is not null as has_bundle,
        with_categories.as_of_date
    from with_categories
    left join strongest_partners on with_categories.customer_id = strongest_partners.customer_id
    left join offered on with_categories.customer_id = offered.customer_id
    left join category_names on with_categories.next_best_category_code = category_names.category_code

)

select * from next_best
