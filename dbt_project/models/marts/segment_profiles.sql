-- One row per scheme, segment and evaluated date: how many customers, what they are worth and what sets them apart.
-- Segments under the privacy limit are folded into "other"; measures are shown only of enough customers.
{% set measures = {
    'net_revenue_365d_amount': 'decimal(18, 2)',
    'net_revenue_365d_share': 'double',
    'margin_365d_amount': 'decimal(18, 2)',
    'margin_365d_share': 'double',
    'net_revenue_365d_mean_amount': 'decimal(18, 2)',
    'order_days_365d_mean': 'double',
    'average_order_value_365d_amount': 'decimal(18, 2)',
    'discount_365d_share': 'double',
    'order_gap_median_days': 'double',
    'days_since_last_order_median': 'double',
    'net_revenue_index': 'double',
    'order_days_index': 'double',
} %}

with assignments as (

    select * from {{ ref('int_segmentations__assignments') }}

),

folds as (

    select * from {{ ref('int_segmentations__folds') }}

),

purchases as (

    select * from {{ ref('feat_customers__purchases') }}

),

segment_catalog as (

    select * from {{ ref('int_segmentations__catalog') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

segment_traits as (

    select * from {{ ref('segment_traits') }}

),

-- Of each trait the strongest value: that more are young and fewer old is one thing, told once.
leading_traits as (

    select *
    from segment_traits
    where is_distinct and not is_own_input
    qualify row_number() over (
        partition by scheme, segment_code, trait
        order by rank asc
    ) = 1

),

traits_in_words as (

    select
        scheme,
        segment_code,
        array_to_string(
            list(
                case when is_over then 'more ' else 'fewer ' end || words
                || ' (' || {{ times_words('trait_index') }} || ' times)'
                order by rank asc
            )[1:3],
            ', '
        ) as sets_apart,
        as_of_date
    from leading_traits
    group by scheme, segment_code, as_of_date

),

members as (

    select
        assignments.scheme,
        folds.reported_segment_code as segment_code,
        purchases.order_days_365d_count,
        purchases.net_revenue_365d_amount,
        purchases.margin_365d_amount,
        purchases.order_365d_count,
        purchases.gross_365d_amount,
        purchases.discount_365d_amount,
        purchases.order_gap_median_days,
        purchases.days_since_last_order,
        assignments.as_of_date
    from assignments
    inner join folds
        on
            assignments.scheme = folds.scheme
            and assignments.segment_code = folds.segment_code
            and assignments.as_of_date = folds.as_of_date
    inner join purchases
        on assignments.customer_id = purchases.customer_id and assignments.as_of_date = purchases.as_of_date

),

aggregated as (

    select
        scheme,
        segment_code,
        count(*) as customers_count,
        sum(net_revenue_365d_amount) as net_revenue_365d_amount,
        sum(margin_365d_amount) as margin_365d_amount,
        sum(order_days_365d_count) as order_days_365d_count,
        {{ ratio('sum(net_revenue_365d_amount)', 'count(*)') }} as net_revenue_365d_mean_amount,
        {{ ratio('sum(order_days_365d_count)', 'count(*)') }} as order_days_365d_mean,
        {{ ratio('sum(net_revenue_365d_amount)', 'sum(order_365d_count)') }} as average_order_value_365d_amount,
        {{ ratio('sum(discount_365d_amount)', 'sum(gross_365d_amount)') }} as discount_365d_share,
        median(order_gap_median_days) as order_gap_median_days,
        median(days_since_last_order) as days_since_last_order_median,
        as_of_date
    from members
    group by scheme, segment_code, as_of_date

),

totals as (

    select
        *,
        sum(customers_count) over everybody as all_customers_count,
        sum(net_revenue_365d_amount) over everybody as all_net_revenue_365d_amount,
        sum(margin_365d_amount) over everybody as all_margin_365d_amount,
        sum(order_days_365d_count) over everybody as all_order_days_365d_count
    from aggregated
    window everybody as (partition by scheme, as_of_date)

),

indexed as (

    select
        *,
        {{ ratio('customers_count', 'all_customers_count') }} as customers_share,
        {{ ratio('net_revenue_365d_amount', 'all_net_revenue_365d_amount') }} as net_revenue_365d_share,
        {{ ratio('margin_365d_amount', 'all_margin_365d_amount') }} as margin_365d_share,
        {{ ratio('net_revenue_365d_amount * all_customers_count', 'customers_count * all_net_revenue_365d_amount') }}
            as net_revenue_index,
        {{ ratio('order_days_365d_count * all_customers_count', 'customers_count * all_order_days_365d_count') }}
            as order_days_index
    from totals

),

profiles as (

    select
        indexed.scheme,
        indexed.segment_code,
        case
            when indexed.segment_code = 'other' then 'Other (small segments)'
            else segment_catalog.segment_name
        end as segment_name,
        case
            when indexed.segment_code = 'other' then 'Segments too small to be shown on their own'
            else segment_catalog.description
        end as description,
        case
            when indexed.customers_count < {{ var('minimum_cell_customers') }} then null
            when indexed.order_days_365d_count = 0 then 'Bought nothing in the past year.'
            else
                printf('%.0f', 100 * indexed.customers_share) || ' % of customers and '
                || printf('%.0f', 100 * indexed.net_revenue_365d_share) || ' % of revenue. Each worth '
                || printf('%,.0f', indexed.net_revenue_365d_mean_amount) || ' {{ var("base_currency") }} a year ('
                || printf('%.1f', indexed.net_revenue_index) || ' times the average), buying on '
                || printf('%.0f', indexed.order_days_365d_mean) || ' days a year, last '
                || printf('%.0f', indexed.days_since_last_order_median) || ' days ago.'
        end || coalesce(' Stands out by: ' || traits_in_words.sets_apart || '.', '') as persona,
        traits_in_words.sets_apart,
        segment_catalog.colour,
        cast(coalesce(segment_catalog.display_order, 1000) as integer) as display_order,
        indexed.customers_count,
        indexed.customers_share,
        {% for column, type in measures.items() -%}
        cast(
            case when indexed.customers_count >= {{ var('minimum_cell_customers') }} then indexed.{{ column }} end
            as {{ type }}
        ) as {{ column }},
        {% endfor -%}
        as_of_dates.is_tonight as is_current,
        indexed.as_of_date
    from indexed
    inner join as_of_dates on indexed.as_of_date = as_of_dates.as_of_date
    left join segment_catalog
        on indexed.scheme = segment_catalog.scheme and indexed.segment_code = segment_catalog.segment_code
    left join traits_in_words
        on
            indexed.scheme = traits_in_words.scheme
            and indexed.segment_code = traits_in_words.segment_code
            and indexed.as_of_date = traits_in_words.as_of_date

)

select * from profiles
