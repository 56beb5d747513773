-- One row per customer: the category and the article to offer next, and what goes with the last purchase. The
-- category is the one that models foretell, else the strongest partner of the customer's own, else the best seller of
-- all. The article is the strongest partner of the articles of the last three lines, among those not bought in 365
-- days, else the best seller of the next category that was not bought. A bundle is the article bought last with its
-- strongest such partner.
{% set last_lines = 3 %}
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

-- Numbers instead of texts: a million customers' purchases have to fit into memory.
articles as (

    select
        sku,
        row_number() over (order by sku asc) as article_number
    from sku_days
    group by sku

),

customers as (

    select
        customer_id,
        row_number() over (order by customer_id asc) as customer_number
    from spine

),

numbered as (

    select
        customers.customer_number,
        articles.article_number,
        sku_days.order_date
    from sku_days
    inner join articles on sku_days.sku = articles.sku
    inner join customers on sku_days.customer_id = customers.customer_id
    where
        sku_days.order_date <= {{ tonight() }}
        and sku_days.order_date > {{ tonight() }} - 365

),

bought as (

    select distinct
        customer_number,
        article_number
    from numbered

),

-- The lines bought last; of one day in the order of the articles' numbers.
latest_lines as (

    select
        customer_number,
        article_number,
        row_number() over (
            partition by customer_number
            order by order_date desc, article_number asc
        ) as recency_rank
    from numbered
    qualify recency_rank <= {{ last_lines }}

),

-- Each with its place among all, so that the strongest of several is the least number.
partners as (

    select
        affinities.item_code,
        affinities.partner_code,
        items.article_number as item_number,
        partner_items.article_number as partner_number,
        row_number() over (
            order by affinities.lift_low desc, affinities.partner_code asc, affinities.item_code asc
        ) as strength_rank
    from affinities
    inner join articles as items on affinities.item_code = items.sku
    inner join articles as partner_items on affinities.partner_code = partner_items.sku
    where affinities.item_level = 'product'

),

strongest_ranks as (

    select
        latest_lines.customer_number,
        min(partners.strength_rank) as strength_rank,
        min(partners.strength_rank) filter (where latest_lines.recency_rank = 1) as bundle_rank
    from latest_lines
    inner join partners on latest_lines.article_number = partners.item_number
    left join bought
        on
            latest_lines.customer_number = bought.customer_number
            and partners.partner_number = bought.article_number
    where bought.customer_number is null
    group by latest_lines.customer_number

),

strongest_partners as (

    select
        customers.customer_id,
        partners.partner_code as partner_sku,
        bundles.item_code as bundle_sku,
        bundles.partner_code as bundle_partner_sku
    from strongest_ranks
    inner join customers on strongest_ranks.customer_number = customers.customer_number
    inner join partners on strongest_ranks.strength_rank = partners.strength_rank
    left join partners as bundles on strongest_ranks.bundle_rank = bundles.strength_rank

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

best_articles as (

    select
        best_sellers.category_code,
        best_sellers.sku,
        best_sellers.place,
        articles.article_number
    from best_sellers
    inner join articles on best_sellers.sku = articles.sku
    where best_sellers.place <= {{ best_sellers }}

),

offered_places as (

    select
        with_categories.customer_id,
        any_value(with_categories.next_best_category_code) as category_code,
        min(best_articles.place) as place
    from with_categories
    inner join customers on with_categories.customer_id = customers.customer_id
    inner join best_articles on with_categories.next_best_category_code = best_articles.category_code
    left join bought
        on
            customers.customer_number = bought.customer_number
            and best_articles.article_number = bought.article_number
    where bought.customer_number is null
    group by with_categories.customer_id

),

offered as (

    select
        offered_places.customer_id,
        best_articles.sku as best_seller_sku
    from offered_places
    inner join best_articles
        on offered_places.category_code = best_articles.category_code and offered_places.place = best_articles.place

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
        strongest_partners.bundle_sku,
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
