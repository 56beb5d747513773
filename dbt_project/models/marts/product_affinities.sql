-- One row per article or category and partner: what is bought together more often than by chance, the strongest
-- partners of each first.
with affinities as (

    select * from {{ ref('int_treatments__affinities') }}

),

product_groups as (

    select * from {{ ref('int_products__groups') }}

),

item_names as (

    select
        'product' as item_level,
        sku as item_code,
        product_name as item_name
    from product_groups
    union all
    select
        'category' as item_level,
        category_code as item_code,
        min(category) as item_name
    from product_groups
    where category_code is not null
    group by category_code

),

product_affinities as (

    select
        affinities.item_level,
        affinities.item_code,
        item_names.item_name,
        affinities.partner_code,
        partner_names.item_name as partner_name,
        affinities.partner_rank,
        affinities.basket_count,
        affinities.item_basket_count,
        affinities.partner_basket_count,
        affinities.pair_basket_count,
        affinities.support_share,
        affinities.confidence_share,
        affinities.lift,
        affinities.lift_low,
        affinities.is_strong,
        {{ tonight() }} as as_of_date
    from affinities
    left join item_names
        on affinities.item_level = item_names.item_level and affinities.item_code = item_names.item_code
    left join item_names as partner_names
        on affinities.item_level = partner_names.item_level and affinities.partner_code = partner_names.item_code

)

select * from product_affinities
