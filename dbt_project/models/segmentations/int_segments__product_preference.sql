-- One row per segment of the scheme product_preference that is a category: every one that was a segment on any
-- evaluated date, so that each stay of the past has its name. Named as the category was written on the last of those
-- dates.
{{ config(enabled='product_preference' in var('schemes')) }}
{% set colours = [
    '#0b6e4f', '#4895ef', '#f4a261', '#9b5de5', '#2a9d8f', '#e76f51', '#577590', '#f4d35e', '#b5838d', '#76c893',
    '#bc6c25', '#90be6d'
] %}

with categories as (

    select * from {{ ref('int_product_preference__categories') }}

),

own_segments as (

    select
        segment_code,
        arg_max(category, as_of_date) as category
    from categories
    where segment_code <> 'other_category'
    group by segment_code

),

segments as (

    select
        segment_code,
        -- Beside the segments that are no category, one that is called like them must be told apart.
        case
            when segment_code in ('category_broad_taste', 'category_other_category', 'category_unknown')
                then category || ' (category)'
            else category
        end as segment_name,
        'Orders from ' || category || ' clearly more often than other customers' as description,
        'preferred category ' || category || ', with the lower bound of its lift above '
        || '{{ var("product_preference_minimum_lift") }}' as rule, -- noqa: RF04
        cast(row_number() over (order by category asc, segment_code asc) as integer) as display_order,
        'merchandising' as owner -- noqa: RF04
    from own_segments

),

coloured as (

    select
        segment_code,
        segment_name,
        description,
        rule,
        display_order,
        [
            {% for colour in colours -%}
            '{{ colour }}'{{ ',' if not loop.last }}
            {% endfor %}
        ][(display_order - 1) % {{ colours | length }} + 1] as colour,
        owner
    from segments

)

select * from coloured
