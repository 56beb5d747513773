-- One row per article and partner, and per category and partner: how much likelier the partner is in a basket with
-- the one than in any basket, for the strongest partners of each. A basket is what a customer bought on one day of
-- the last 365. Memory is bounded: articles in too few baskets are out, so are all but the most frequent ones, a huge
-- basket counts with its most frequent articles only, and a pair is counted once for both of its directions.
with as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where is_tonight

),

sku_days as (

    select * from {{ ref('int_purchases__customer_sku_days') }}

),

product_groups as (

    select * from {{ ref('int_products__groups') }}

),

lines as (

    select
        sku_days.customer_id,
        sku_days.sku,
        product_groups.category_code,
        sku_days.order_date
    from sku_days
    inner join as_of_dates
        on sku_days.order_date <= as_of_dates.as_of_date and {{ in_last_365d('sku_days.order_date') }}
    left join product_groups on sku_days.sku = product_groups.sku

),

-- Numbers, because lists of texts would not fit into memory: articles by how frequent they are, categories by code.
products as (

    select
        sku as item_code,
        count(*) as item_basket_count,
        row_number() over (order by count(*) desc, sku asc) as item_number
    from lines
    group by sku
    having count(*) >= {{ var('affinity_minimum_baskets') }}
    qualify item_number <= {{ var('affinity_maximum_items') }}

),

categories as (

    select
        category_code as item_code,
        row_number() over (order by category_code asc) as item_number
    from product_groups
    where category_code is not null
    group by category_code

),

baskets as (

    select
        list(products.item_number) filter (where products.item_number is not null) as product_numbers,
        list_distinct(
            list(categories.item_number) filter (where categories.item_number is not null)
        ) as category_numbers
    from lines
    left join products on lines.sku = products.item_code
    left join categories on lines.category_code = categories.item_code
    group by lines.customer_id, lines.order_date

),

basket_numbers as (

    select
        'product' as item_level,
        list_sort(product_numbers)[1:{{ var('affinity_maximum_basket_items') }}] as numbers
    from baskets
    union all
    select
        'category' as item_level,
        list_sort(category_numbers)[1:{{ var('affinity_maximum_basket_items') }}] as numbers
    from baskets

),

basket_counts as (

    select
        'product' as item_level,
        count(*) as basket_count
    from baskets
    union all
    select
        'category' as item_level,
        count(*) as basket_count
    from baskets
    where len(category_numbers) > 0

),

category_baskets as (

    select unnest(category_numbers) as item_number
    from baskets

),

category_counts as (

    select
        item_number,
        count(*) as item_basket_count
    from category_baskets
    group by item_number
    having count(*) >= {{ var('affinity_minimum_baskets') }}

),

items as (

    select
        'product' as item_level,
        item_code,
        item_number,
        item_basket_count
    from products
    union all
    select
        'category' as item_level,
        categories.item_code,
        categories.item_number,
        category_counts.item_basket_count
    from categories
    inner join category_counts on categories.item_number = category_counts.item_number

),

firsts as (

    select
        item_level,
        unnest(numbers) as first_number,
        numbers
    from basket_numbers
    where len(numbers) > 1

),

couples as (

    select
        item_level,
        first_number,
        unnest(list_filter(numbers, lambda number: number > first_number)) as second_number
    from firsts

),

pairs as (

    select
        item_level,
        first_number,
        second_number,
        count(*) as pair_basket_count
    from couples
    group by item_level, first_number, second_number
    having count(*) >= {{ var('affinity_minimum_pair_baskets') }}

),

both_directions as (

    select
        item_level,
        first_number as item_number,
        second_number as partner_number,
        pair_basket_count
    from pairs
    union all
    select
        item_level,
        second_number as item_number,
        first_number as partner_number,
        pair_basket_count
    from pairs

),

measured as (

    select
        both_directions.item_level,
        items.item_code,
        partners.item_code as partner_code,
        basket_counts.basket_count,
        items.item_basket_count,
        partners.item_basket_count as partner_basket_count,
        both_directions.pair_basket_count,
        {{ ratio('both_directions.pair_basket_count', 'basket_counts.basket_count') }} as support_share,
        {{ ratio('both_directions.pair_basket_count', 'items.item_basket_count') }} as confidence_share,
        {{ treated_share_limit('both_directions.pair_basket_count', 'items.item_basket_count', '-') }}
            as confidence_share_low,
        {{ ratio('partners.item_basket_count', 'basket_counts.basket_count') }} as partner_share
    from both_directions
    inner join items
        on both_directions.item_level = items.item_level and both_directions.item_number = items.item_number
    inner join items as partners
        on both_directions.item_level = partners.item_level and both_directions.partner_number = partners.item_number
    inner join basket_counts on both_directions.item_level = basket_counts.item_level

),

-- How sure the lift is depends on how sure the confidence is; how frequent the partner is at all is known well.
lifted as (

    select
        item_level,
        item_code,
        partner_code,
        basket_count,
        item_basket_count,
        partner_basket_count,
        pair_basket_count,
        support_share,
        confidence_share,
        confidence_share_low,
        {{ ratio('confidence_share', 'partner_share') }} as lift,
        {{ ratio('confidence_share_low', 'partner_share') }} as lift_low
    from measured

),

ranked as (

    select
        *,
        row_number() over (
            partition by item_level, item_code
            order by lift_low desc, pair_basket_count desc, partner_code asc
        ) as partner_rank,
        lift_low > 1 as is_strong
    from lifted
    qualify partner_rank <= {{ var('affinity_partners') }}

)

select * from ranked
