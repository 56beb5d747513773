-- One row per scheme, segment and period that is over: what came of a segment, with its members as they were when the
-- period began. The scheme "all" holds everybody who was known then ("all"), who became known within the period
-- ("entered") and the order lines that name nobody ("anonymous"), so that the money of all three is the company's.
{% set measures = {
    'buyers_count': 'bigint',
    'order_count': 'bigint',
    'net_revenue_amount': 'decimal(18, 4)',
    'margin_amount': 'decimal(18, 4)',
    'previous_buyers_count': 'bigint',
    'period_retention_rate': 'double',
    'period_retention_rate_low': 'double',
    'period_retention_rate_high': 'double',
    'net_revenue_retention_rate': 'double',
    'net_revenue_retention_rate_low': 'double',
    'net_revenue_retention_rate_high': 'double',
    'gross_revenue_retention_rate': 'double',
    'gross_revenue_retention_rate_low': 'double',
    'gross_revenue_retention_rate_high': 'double',
    'net_revenue_growth_share': 'double',
    'net_revenue_per_customer_amount': 'decimal(18, 2)',
    'average_order_value_amount': 'decimal(18, 2)',
    'returning_buyers_share': 'double',
    'refund_share': 'double',
    'expected_count': 'bigint',
    'expected_margin_365d_mean_amount': 'decimal(18, 2)',
    'historic_margin_mean_amount': 'decimal(18, 2)',
    'nps_answers_count': 'bigint',
    'nps': 'double',
    'nps_low': 'double',
    'nps_high': 'double',
    'engagement_score_mean': 'double',
    'high_engagement_share': 'double',
    'high_engagement_share_low': 'double',
    'high_engagement_share_high': 'double',
    'not_ordered_count': 'bigint',
    'conversion_rate': 'double',
    'conversion_rate_low': 'double',
    'conversion_rate_high': 'double',
    'exposure_count': 'bigint',
    'campaign_response_rate': 'double',
    'campaign_response_rate_low': 'double',
    'campaign_response_rate_high': 'double',
    'support_request_count': 'bigint',
    'delivery_count': 'bigint',
    'cost_to_serve_amount': 'decimal(18, 2)',
    'cost_to_serve_per_customer_amount': 'decimal(18, 2)',
    'cost_to_serve_margin_share': 'double',
} %}

with results as (

    select * from {{ ref('int_kpis__results') }}

),

segment_catalog as (

    select * from {{ ref('int_segmentations__catalog') }}

),

kpis as (

    select
        results.scheme,
        results.segment_code,
        {{ kpi_segment_name('results') }} as segment_name,
        results.period_kind,
        {{ period_name('results') }} as period_name,
        cast(results.customers_count as bigint) as customers_count,
        {% for column, type in measures.items() -%}
        cast(results.{{ column }} as {{ type }}) as {{ column }},
        {% endfor -%}
        results.is_newest,
        results.membership_date,
        results.period_start_date,
        results.period_end_date
    from results
    left join segment_catalog
        on results.scheme = segment_catalog.scheme and results.segment_code = segment_catalog.segment_code

)

select * from kpis
