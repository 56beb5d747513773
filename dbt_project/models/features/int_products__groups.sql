-- One row per product: its name and the codes of its category, subcategory and brand, under which spellings of them are
-- one; null where the sources name none. A category's code is its name in lower case; a name that is no word of Latin
-- letters, or is the code of a segment that is no category, is told from others by a prefix or a digest.
with products as (

    select * from {{ ref('int_canonical__products') }}

),

folded_names as (

    select
        sku,
        product_name,
        trim(category) as category,
        replace({{ folded('category') }}, ' ', '_') as folded_category,
        {{ folded('subcategory') }} as folded_subcategory,
        {{ folded('brand') }} as brand_code,
        launched_date
    from products

),

coded as (

    select
        sku,
        product_name,
        case
            when folded_category in ('broad_taste', 'other_category', 'unknown') then 'category_' || folded_category
            when regexp_full_match(folded_category, '[a-z][a-z0-9]*(_[a-z0-9]+)*') then folded_category
            when regexp_full_match(folded_category, '[a-z0-9_]+') then 'category_' || folded_category
            else 'category_' || substr(md5(folded_category), 1, 12)
        end as category_code,
        category,
        -- Chairs of the garden are not those of the office.
        coalesce(folded_category, '') || '/' || folded_subcategory as subcategory_code,
        brand_code,
        launched_date
    from folded_names

)

select * from coded
