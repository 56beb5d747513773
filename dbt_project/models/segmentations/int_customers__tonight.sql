-- One row per customer as of tonight: the segment in every scheme and the key features. Whatever is decided for
-- customers tonight (campaigns, treatments) reads it, and the mart customers is it.
{{ config(materialized='customer_parts', meta={'rows_per_customer': 4}) }}
{% set schemes = var('catalog_schemes') | select('in', var('schemes')) | list %}
{% set custom_schemes = var('custom_schemes') | map(attribute='scheme') | list %}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

campaigns as (

    select * from {{ ref('feat_customers__campaigns') }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

demographics as (

    select * from {{ ref('feat_customers__demographics') }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

geography as (

    select * from {{ ref('feat_customers__geography') }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

firmographics as (

    select * from {{ ref('feat_customers__firmographics') }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

products as (

    select * from {{ ref('feat_customers__products') }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

channels as (

    select * from {{ ref('feat_customers__channels') }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

delivery as (

    select * from {{ ref('feat_customers__delivery') }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

engagement as (

    select * from {{ ref('feat_customers__engagement') }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

consent as (

    select * from {{ ref('feat_customers__consent') }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

satisfaction as (

    select * from {{ ref('feat_customers__satisfaction') }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

support as (

    select * from {{ ref('feat_customers__support') }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

survey_answers as (

    select * from {{ ref('feat_customers__survey_answers') }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

predictions as (

    select * from {{ source('ml', 'ml_customers__predictions') }}
    where as_of_date = {{ tonight() }} and {{ customers_of_part() }}

),

{% for scheme in schemes -%}
{{ scheme }}_assignments as (

    select * from {{ ref('int_segmentations__assignments') }}
    where as_of_date = {{ tonight() }} and scheme = '{{ scheme }}' and {{ customers_of_part() }}

),

{% endfor -%}
{% if custom_schemes -%}
-- In the order of their names, so that equal customers are equal to the byte.
custom_assignments as (

    select
        customer_id,
        map_from_entries(list(row(scheme, segment_code) order by scheme asc)) as segment_codes,
        as_of_date
    from {{ ref('int_segmentations__assignments') }}
    where
        as_of_date = {{ tonight() }}
        and scheme in ('{{ custom_schemes | join("', '") }}')
        and {{ customers_of_part() }}
    group by customer_id, as_of_date

),

{% endif -%}
-- Joined in groups, one after the other: all joins at once would hold every table in memory together.
segments as materialized (

    select
        {% for scheme in var('catalog_schemes') -%}
        {{ scheme ~ '_assignments.segment_code' if scheme in schemes else 'cast(null as varchar)' }}
            as {{ scheme }}_segment_code,
        {% endfor -%}
        {{ 'custom_assignments.segment_codes' if custom_schemes else 'cast(null as map (varchar, varchar))' }}
            as custom_segment_codes,
        spine.customer_id
    from spine
    {% for scheme in schemes + (['custom'] if custom_schemes else []) -%}
    left join {{ scheme }}_assignments on spine.customer_id = {{ scheme }}_assignments.customer_id
    {% endfor %}
),

people as materialized (

    select
        demographics.customer_id,
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
        survey_answers.strongest_need,
        survey_answers.stated_benefit,
        demographics.household_size,
        demographics.children_count,
        firmographics.employees_count,
        consent.has_email_consent,
        consent.is_contactable_by_email,
        consent.is_contactable_by_sms,
        consent.is_contactable_by_phone
    from demographics
    inner join geography on demographics.customer_id = geography.customer_id
    inner join firmographics on demographics.customer_id = firmographics.customer_id
    inner join survey_answers on demographics.customer_id = survey_answers.customer_id
    inner join consent on demographics.customer_id = consent.customer_id

),

buying as materialized (

    select
        purchases.customer_id,
        products.top_category,
        channels.preferred_order_channel,
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
        purchases.first_order_date,
        purchases.last_order_date
    from purchases
    inner join products on purchases.customer_id = products.customer_id
    inner join channels on purchases.customer_id = channels.customer_id
    inner join delivery on purchases.customer_id = delivery.customer_id

),

contacts as materialized (

    select
        campaigns.customer_id,
        engagement.preferred_contact_channel,
        campaigns.campaign_365d_count,
        engagement.engagement_score,
        engagement.days_since_last_click,
        support.support_request_365d_count,
        satisfaction.latest_nps_answer,
        satisfaction.days_since_last_nps_answer
    from campaigns
    inner join engagement on campaigns.customer_id = engagement.customer_id
    inner join support on campaigns.customer_id = support.customer_id
    inner join satisfaction on campaigns.customer_id = satisfaction.customer_id

),

customers as (

    select
        spine.customer_id,
        {% for scheme in var('catalog_schemes') -%}
        segments.{{ scheme }}_segment_code,
        {% endfor -%}
        segments.custom_segment_codes,
        people.account_type,
        people.age_band,
        people.gender,
        people.income_band,
        people.marital_status,
        people.acquisition_channel,
        people.loyalty_tier,
        people.country,
        people.region,
        people.company_size_class,
        people.industry_section_name,
        buying.top_category,
        buying.preferred_order_channel,
        contacts.preferred_contact_channel,
        people.strongest_need,
        people.stated_benefit,
        predictions.return_source,
        predictions.value_source,
        people.household_size,
        people.children_count,
        people.employees_count,
        buying.order_count,
        buying.order_365d_count,
        buying.order_days_365d_count,
        buying.net_revenue_amount,
        buying.net_revenue_90d_amount,
        buying.net_revenue_365d_amount,
        buying.margin_365d_amount,
        buying.average_order_value_365d_amount,
        buying.discount_365d_share,
        buying.refund_365d_share,
        buying.order_gap_median_days,
        buying.days_since_last_order,
        buying.digital_order_365d_share,
        buying.late_delivery_365d_share,
        contacts.campaign_365d_count,
        contacts.engagement_score,
        contacts.days_since_last_click,
        contacts.support_request_365d_count,
        contacts.latest_nps_answer,
        contacts.days_since_last_nps_answer,
        predictions.p_return_90d,
        predictions.p_return_365d,
        predictions.p_alive,
        predictions.expected_orders_365d,
        cast(predictions.expected_order_value_amount as decimal(18, 2)) as expected_order_value_amount,
        predictions.expected_margin_share,
        cast(predictions.expected_margin_365d_amount as decimal(18, 2)) as expected_margin_365d_amount,
        people.has_email_consent,
        people.is_contactable_by_email,
        people.is_contactable_by_sms,
        people.is_contactable_by_phone,
        buying.first_order_date,
        buying.last_order_date,
        predictions.next_order_expected_date,
        predictions.next_order_from_date,
        predictions.next_order_to_date,
        spine.as_of_date
    from spine
    inner join segments on spine.customer_id = segments.customer_id
    inner join people on spine.customer_id = people.customer_id
    inner join buying on spine.customer_id = buying.customer_id
    inner join contacts on spine.customer_id = contacts.customer_id
    left join predictions on spine.customer_id = predictions.customer_id

)

select * from customers
