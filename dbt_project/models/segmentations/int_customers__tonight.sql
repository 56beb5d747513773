-- One row per customer as of tonight: the segment in every scheme and the key features. Whatever is decided for
-- customers tonight (campaigns, treatments) reads it, and the mart customers is it.
{% set catalog_schemes = var('catalog_schemes') %}
{% set custom_schemes = var('custom_schemes') | map(attribute='scheme') | list %}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where as_of_date = {{ tonight() }}

),

purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where as_of_date = {{ tonight() }}

),

campaigns as (

    select * from {{ ref('feat_customers__campaigns') }}
    where as_of_date = {{ tonight() }}

),

demographics as (

    select * from {{ ref('feat_customers__demographics') }}
    where as_of_date = {{ tonight() }}

),

geography as (

    select * from {{ ref('feat_customers__geography') }}
    where as_of_date = {{ tonight() }}

),

firmographics as (

    select * from {{ ref('feat_customers__firmographics') }}
    where as_of_date = {{ tonight() }}

),

products as (

    select * from {{ ref('feat_customers__products') }}
    where as_of_date = {{ tonight() }}

),

channels as (

    select * from {{ ref('feat_customers__channels') }}
    where as_of_date = {{ tonight() }}

),

delivery as (

    select * from {{ ref('feat_customers__delivery') }}
    where as_of_date = {{ tonight() }}

),

engagement as (

    select * from {{ ref('feat_customers__engagement') }}
    where as_of_date = {{ tonight() }}

),

consent as (

    select * from {{ ref('feat_customers__consent') }}
    where as_of_date = {{ tonight() }}

),

satisfaction as (

    select * from {{ ref('feat_customers__satisfaction') }}
    where as_of_date = {{ tonight() }}

),

support as (

    select * from {{ ref('feat_customers__support') }}
    where as_of_date = {{ tonight() }}

),

survey_answers as (

    select * from {{ ref('feat_customers__survey_answers') }}
    where as_of_date = {{ tonight() }}

),

predictions as (

    select * from {{ source('ml', 'ml_customers__predictions') }}
    where as_of_date = {{ tonight() }}

),

assignments as (

    select * from {{ ref('int_segmentations__assignments') }}
    where as_of_date = {{ tonight() }}

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
        demographics.acquisition_channel,
        demographics.loyalty_tier,
        geography.country,
        geography.region,
        firmographics.company_size_class,
        firmographics.industry_section_name,
        products.top_category,
        channels.preferred_order_channel,
        engagement.preferred_contact_channel,
        survey_answers.strongest_need,
        survey_answers.stated_benefit,
        predictions.return_source,
        predictions.value_source,
        demographics.household_size,
        demographics.children_count,
        firmographics.employees_count,
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
        channels.digital_order_365d_share,
        delivery.late_delivery_365d_share,
        campaigns.campaign_365d_count,
        engagement.engagement_score,
        engagement.days_since_last_click,
        support.support_request_365d_count,
        satisfaction.latest_nps_answer,
        satisfaction.days_since_last_nps_answer,
        predictions.p_return_90d,
        predictions.p_return_365d,
        predictions.p_alive,
        predictions.expected_orders_365d,
        cast(predictions.expected_order_value_amount as decimal(18, 2)) as expected_order_value_amount,
        predictions.expected_margin_share,
        cast(predictions.expected_margin_365d_amount as decimal(18, 2)) as expected_margin_365d_amount,
        consent.has_email_consent,
        consent.is_contactable_by_email,
        consent.is_contactable_by_sms,
        consent.is_contactable_by_phone,
        purchases.first_order_date,
        purchases.last_order_date,
        predictions.next_order_expected_date,
        predictions.next_order_from_date,
        predictions.next_order_to_date,
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
    inner join firmographics
        on spine.customer_id = firmographics.customer_id and spine.as_of_date = firmographics.as_of_date
    inner join products
        on spine.customer_id = products.customer_id and spine.as_of_date = products.as_of_date
    inner join channels
        on spine.customer_id = channels.customer_id and spine.as_of_date = channels.as_of_date
    inner join delivery
        on spine.customer_id = delivery.customer_id and spine.as_of_date = delivery.as_of_date
    inner join engagement
        on spine.customer_id = engagement.customer_id and spine.as_of_date = engagement.as_of_date
    inner join consent
        on spine.customer_id = consent.customer_id and spine.as_of_date = consent.as_of_date
    inner join satisfaction
        on spine.customer_id = satisfaction.customer_id and spine.as_of_date = satisfaction.as_of_date
    inner join support
        on spine.customer_id = support.customer_id and spine.as_of_date = support.as_of_date
    inner join survey_answers
        on spine.customer_id = survey_answers.customer_id and spine.as_of_date = survey_answers.as_of_date
    left join predictions
        on spine.customer_id = predictions.customer_id and spine.as_of_date = predictions.as_of_date
    inner join segments
        on spine.customer_id = segments.customer_id and spine.as_of_date = segments.as_of_date

)

select * from customers
