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

bought as (

    select
        sku_days.customer_id,
        sku_days.sku,
        sku_days.order_date
    from sku_days
    inner join as_of_dates
        on sku_days.order_date <= as_of_dates.as_of_date and {{ in_last_365d('sku_days.order_date') }}

),

basket_items as (

    select
        'product' as item_level,
        customer_id,
        sku as item_code,
        order_date
    from bought
    union all
    select distinct
        'category' as item_level,
        bought.customer_id,
        product_groups.category_code as item_code,
        bought.order_date
    from bought
    inner join product_groups on bought.sku = product_groups.sku
    where product_groups.category_code is not null

),

basket_counts as (

    select
        item_level,
        count(distinct row(customer_id, order_date)) as basket_count
    from basket_items
    group by item_level

),

items as (

    select
        item_level,
        item_code,
        count(*) as item_basket_count,
        -- The most frequent first.
        row_number() over (
            partition by item_level
            order by count(*) desc, item_code asc
        ) as item_number
    from basket_items
    group by item_level, item_code
    having count(*) >= {{ var('affinity_minimum_baskets') }}
    qualify item_number <= {{ var('affinity_maximum_items') }}

),

baskets as (

    select
        basket_items.item_level,
        list(items.item_number order by items.item_number asc)[1:{{ var('affinity_maximum_basket_items') }}] as numbers
    from basket_items
    inner join items
        on basket_items.item_level = items.item_level and basket_items.item_code = items.item_code
    group by basket_items.item_level, basket_items.customer_id, basket_items.order_date
    having count(*) > 1

),

firsts as (

    select
        item_level,
        unnest(numbers) as first_number,
        numbers
    from baskets

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
