-- One row per scheme, segment and period: its results, each by its formula, with the number of customers (or answers)
-- that it is of and, of means, the standard deviation. Segments under the privacy limit are folded into "other", and
-- nothing but their size is told of fewer customers than that.
{% set summed = [
    'customers_count', 'not_ordered_count', 'converted_count', 'previous_buyers_count', 'retained_count',
    'buyers_count', 'returning_buyers_count', 'expected_count', 'engagement_score_count', 'engagement_known_count',
    'high_engagement_count', 'previous_net_revenue_amount', 'kept_net_revenue_amount',
    'historic_margin_amount', 'expected_margin_amount', 'order_count', 'net_revenue_amount', 'margin_amount',
    'refund_amount', 'delivery_count', 'delivery_cost_amount', 'support_request_count', 'contact_cost_amount',
    'exposure_count', 'response_count', 'promoter_count', 'passive_count', 'detractor_count', 'engagement_scores',
    'net_revenue_squares', 'previous_net_revenue_squares', 'kept_net_revenue_squares', 'net_revenue_products',
    'kept_net_revenue_products', 'engagement_score_squares', 'cost_to_serve_squares',
] %}
{# Revenue now, or what was kept of it, against that of the same members in the period before. #}
{% set retentions = {'net_revenue_retention_rate': 'net_revenue', 'gross_revenue_retention_rate': 'kept_net_revenue'} %}
{% set nps_half_width = normal_975() ~ ' * limited.nps_deviation / sqrt(limited.nps_answers_count)' %}

with segment_sums as (

    select * from {{ ref('int_kpis__sums') }}

),

folds as (

    select * from {{ ref('int_segmentations__folds') }}

),

periods as (

    select * from {{ ref('int_kpis__periods') }}

),

growth as (

    select * from {{ ref('int_kpis__growth') }}

),

folded as (

    select
        segment_sums.scheme,
        coalesce(folds.reported_segment_code, segment_sums.segment_code) as segment_code,
        segment_sums.period_kind,
        {% for sum in summed -%}
        sum(segment_sums.{{ sum }}) as {{ sum }},
        {% endfor -%}
        segment_sums.membership_date
    from segment_sums
    left join folds
        on
            segment_sums.scheme = folds.scheme
            and segment_sums.segment_code = folds.segment_code
            and segment_sums.membership_date = folds.as_of_date
    group by
        segment_sums.scheme,
        coalesce(folds.reported_segment_code, segment_sums.segment_code),
        segment_sums.period_kind,
        segment_sums.membership_date

),

-- Order lines that name nobody are of no customer, and of too few of none.
shown as (

    select *
    from folded
    where customers_count >= {{ var('minimum_cell_customers') }} or segment_code = 'anonymous'

),

counted as (

    select
        shown.*,
        {% for revenue in retentions.values() -%}
        {{ fieller_term(revenue ~ '_squares', revenue ~ '_amount', revenue ~ '_amount', 'customers_count') }}
            as {{ revenue }}_term,
        {{ fieller_term(
            revenue ~ '_products', revenue ~ '_amount', 'previous_net_revenue_amount', 'customers_count'
        ) }} as {{ revenue }}_cross_term,
        {% endfor -%}
        {{ fieller_term(
            'previous_net_revenue_squares', 'previous_net_revenue_amount', 'previous_net_revenue_amount', 'customers_count'
        ) }} as previous_net_revenue_term,
        shown.promoter_count + shown.passive_count + shown.detractor_count as nps_answers_count,
        {{ cost_to_serve_amount('shown') }} as cost_to_serve_amount
    from shown

),

computed as (

    select
        scheme,
        segment_code,
        period_kind,
        buyers_count,
        order_count,
        previous_buyers_count,
        not_ordered_count,
        exposure_count,
        expected_count,
        engagement_score_count,
        engagement_known_count,
        nps_answers_count,
        support_request_count,
        delivery_count,
        net_revenue_amount,
        case when segment_code <> 'anonymous' then margin_amount end as margin_amount,
        cost_to_serve_amount,
        {% for rate, counts in {
            'period_retention_rate': ['retained_count', 'previous_buyers_count'],
            'conversion_rate': ['converted_count', 'not_ordered_count'],
            'campaign_response_rate': ['response_count', 'exposure_count'],
            'high_engagement_share': ['high_engagement_count', 'engagement_known_count'],
            'returning_buyers_share': ['returning_buyers_count', 'buyers_count'],
        }.items() -%}
        {{ ratio(counts[0], counts[1]) }} as {{ rate }},
        {{ share_bound(counts[0], counts[1], -1) }} as {{ rate }}_low,
        {{ share_bound(counts[0], counts[1], 1) }} as {{ rate }}_high,
        {% endfor -%}
        {% for rate, revenue in retentions.items() -%}
        case
            when previous_net_revenue_amount > 0
                then {{ ratio(revenue ~ '_amount', 'previous_net_revenue_amount') }}
        end as {{ rate }},
        case
            when previous_net_revenue_amount > 0
                then {{ ratio_bound(revenue ~ '_term', revenue ~ '_cross_term', 'previous_net_revenue_term', -1) }}
        end as {{ rate }}_low,
        case
            when previous_net_revenue_amount > 0
                then {{ ratio_bound(revenue ~ '_term', revenue ~ '_cross_term', 'previous_net_revenue_term', 1) }}
        end as {{ rate }}_high,
        {% endfor -%}
        {{ ratio('net_revenue_amount', 'customers_count') }} as net_revenue_per_customer_amount,
        {{ deviation('net_revenue_squares', 'net_revenue_amount', 'customers_count') }}
            as net_revenue_per_customer_deviation,
        {{ ratio('net_revenue_amount + refund_amount', 'order_count') }} as average_order_value_amount,
        {{ ratio('refund_amount', 'net_revenue_amount + refund_amount') }} as refund_share,
        {{ ratio('expected_margin_amount', 'expected_count') }} as expected_margin_365d_mean_amount,
        {{ ratio('historic_margin_amount', 'customers_count') }} as historic_margin_mean_amount,
        {{ ratio('engagement_scores', 'engagement_score_count') }} as engagement_score_mean,
        {{ deviation('engagement_score_squares', 'engagement_scores', 'engagement_score_count') }}
            as engagement_score_deviation,
        {{ ratio('cost_to_serve_amount', 'customers_count') }} as cost_to_serve_per_customer_amount,
        {{ deviation('cost_to_serve_squares', 'cost_to_serve_amount', 'customers_count') }}
            as cost_to_serve_per_customer_deviation,
        case when margin_amount > 0 then {{ ratio('cost_to_serve_amount', 'margin_amount') }} end
            as cost_to_serve_margin_share,
        case
            when nps_answers_count >= {{ var('kpi_minimum_answers') }}
                then 100 * {{ ratio('promoter_count - detractor_count', 'nps_answers_count') }}
        end as nps,
        -- Of an answer that counts 1, 0 or -1: p + d - (p - d)^2.
        case
            when nps_answers_count >= {{ var('kpi_minimum_answers') }}
                then
                    100 * sqrt(greatest(
                        {{ ratio('promoter_count + detractor_count', 'nps_answers_count') }}
                        - pow({{ ratio('promoter_count - detractor_count', 'nps_answers_count') }}, 2),
                        0
                    ))
        end as nps_deviation,
        membership_date
    from counted

),

-- Revenue below nothing is refunds of what was sold before, and nobody keeps more than they spent.
limited as (

    select
        * replace (
            {% for rate in retentions -%}
            case
                when {{ rate }}_low is not null then greatest({{ rate }}_low, least({{ rate }}, 0))
            end as {{ rate }}_low,
            {% endfor -%}
            case
                when gross_revenue_retention_rate_high is not null then least(gross_revenue_retention_rate_high, 1)
            end as gross_revenue_retention_rate_high
        )
    from computed

),

results as (

    select
        folded.scheme,
        folded.segment_code,
        folded.period_kind,
        folded.customers_count,
        limited.* exclude (scheme, segment_code, period_kind, membership_date), -- noqa: RF02
        case
            when limited.nps is not null
                then greatest(limited.nps - {{ nps_half_width }}, -100)
        end as nps_low,
        case
            when limited.nps is not null
                then least(limited.nps + {{ nps_half_width }}, 100)
        end as nps_high,
        -- What is folded into "other" differs from period to period.
        case
            when
                folded.segment_code <> 'other'
                and limited.segment_code is not null
                and growth.net_revenue_before_amount > 0
                then {{ ratio('growth.change_amount', 'growth.net_revenue_before_amount') }}
        end as net_revenue_growth_share,
        periods.is_newest,
        periods.has_previous,
        periods.period_start_date,
        periods.period_end_date,
        folded.membership_date,
        periods.previous_membership_date
    from folded
    inner join periods on folded.period_kind = periods.period_kind and folded.membership_date = periods.membership_date
    left join limited
        on
            folded.scheme = limited.scheme
            and folded.segment_code = limited.segment_code
            and folded.period_kind = limited.period_kind
            and folded.membership_date = limited.membership_date
    left join growth
        on
            folded.scheme = growth.scheme
            and folded.segment_code = growth.segment_code
            and folded.period_kind = growth.period_kind
            and folded.membership_date = growth.membership_date

)

select * from results
