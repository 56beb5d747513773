-- One row per customer as of tonight: the segment in every scheme and the key features.
{% set catalog_schemes = var('catalog_schemes') %}
{% set custom_schemes = var('custom_schemes') | map(attribute='scheme') | list %}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where as_of_date = {{ tonight() }}

),

purchases as (

    select * from {{ ref('feat_customers__purchases') }}

),

campaigns as (

    select * from {{ ref('feat_customers__campaigns') }}

),

demographics as (

    select * from {{ ref('feat_customers__demographics') }}

),

geography as (

    select * from {{ ref('feat_customers__geography') }}

),

assignments as (

    select * from {{ ref('int_segmentations__assignments') }}

),

segments as (

    select
        customer_id,
        {% for scheme in catalog_schemes -%}
        any_value(segment_code) filter (where scheme = '{{ scheme }}') as {{ scheme }}_segment_code,
        {% endfor -%}
        {% if custom_schemes -%}
        -- In the order of their names, so that equal customers are equal to the byte.
        map_from_entries(
            list(row(scheme, segment_code) order by scheme asc)
                filter (where scheme in ('{{ custom_schemes | join("', '") }}'))
        ) as custom_segment_codes,
        {% else -%}
        cast(null as map (varchar, varchar)) as custom_segment_codes,
        {% endif -%}
        as_of_date
    from assignments
    group by customer_id, as_of_date

),

customers as (

    select
        spine.customer_id,
        {% for scheme in catalog_schemes -%}
        segments.{{ scheme }}_segment_code,
        {% endfor -%}
        segments.custom_segment_codes,
        demographics.account_type,
        demographics.age_band,
        demographics.gender,
        demographics.income_band,
        demographics.marital_status,
        geography.country,
        geography.region,
        demographics.household_size,
        demographics.children_count,
        purchases.order_count,
        purchases.order_365d_count,
        purchases.order_days_365d_count,
        cast(purchases.net_revenue_amount as decimal(18, 2)) as net_revenue_amount,
        cast(purchases.net_revenue_90d_amount as decimal(18, 2)) as net_revenue_90d_amount,
        cast(purchases.net_revenue_365d_amount as decimal(18, 2)) as net_revenue_365d_amount,
        cast(purchases.margin_365d_amount as decimal(18, 2)) as margin_365d_amount,
        cast(purchases.average_order_value_365d_amount as decimal(18, 2)) as average_order_value_365d_amount,
        purchases.discount_365d_share,
        purchases.refund_365d_share,
        purchases.order_gap_median_days,
        purchases.days_since_last_order,
        campaigns.campaign_365d_count,
        purchases.first_order_date,
        purchases.last_order_date,
        spine.as_of_date
    from spine
    inner join purchases
        on spine.customer_id = purchases.customer_id and spine.as_of_date = purchases.as_of_date
    inner join campaigns
        on spine.customer_id = campaigns.customer_id and spine.as_of_date = campaigns.as_of_date
    inner join demographics
        on spine.customer_id = demographics.customer_id and spine.as_of_date = demographics.as_of_date
    inner join geography
        on spine.customer_id = geography.customer_id and spine.as_of_date = geography.as_of_date
    inner join segments
        on spine.customer_id = segments.customer_id and spine.as_of_date = segments.as_of_date

)

select * from customers
