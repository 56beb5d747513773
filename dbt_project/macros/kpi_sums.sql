{#-
    The sums that results of segments are made of, of the schemes that models decide or of all others: per scheme,
    segment, kind of period and date at which memberships are frozen. Beside the schemes' segments "all" is everybody who
    was known at that date, "entered" who became known in the period, and "anonymous" the order lines that name nobody.
    Sums of decimals are exact, so that the order of rows does not matter.
-#}
{% macro kpi_sums(of_models) -%}
{% set measures = [
    'order_count', 'net_revenue_amount', 'margin_amount', 'refund_amount', 'delivery_count', 'delivery_cost_amount',
    'support_request_count', 'contact_cost_amount', 'exposure_count', 'response_count', 'promoter_count',
    'passive_count', 'detractor_count',
] -%}
with periods as (

    select * from {{ ref('int_kpis__periods') }}
    where {{ computed_memberships() }} and {{ computed_period_kind() }}

),

customer_months as (

    select * from {{ ref('int_kpis__customer_months') }}

),

assignments as (

    select
        customer_id,
        scheme,
        segment_code,
        as_of_date
    from {{ ref('int_segmentations__assignments') }}
    where
        {{ computed_memberships('as_of_date') }}
        and scheme {{ '' if of_models else 'not ' }}in ('{{ var("model_schemes") | join("', '") }}')
    {% if not of_models -%}
    union all
    select
        customer_id,
        'all' as scheme,
        'all' as segment_code,
        as_of_date
    from {{ ref('int_customers__as_of') }}
    where {{ computed_memberships('as_of_date') }}
    {%- endif %}

),

purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where {{ computed_memberships('as_of_date') }}

),

predictions as (

    select * from {{ source('ml', 'ml_customers__predictions') }}
    where {{ computed_memberships('as_of_date') }}

),

engagement as (

    select * from {{ ref('feat_customers__engagement') }}

),

{% if 'engagement' in var('schemes') -%}
engagement_segments as (

    select * from {{ ref('seg_customers__engagement') }}

),

{% endif -%}
-- In the period, and in the one before.
done as (

    select
        customer_months.customer_id,
        {% for measure in measures -%}
        sum(customer_months.{{ measure }}) filter (
            where customer_months.month_start_date >= periods.period_start_date
        ) as {{ measure }},
        {% endfor -%}
        sum(customer_months.order_count) filter (
            where customer_months.month_start_date < periods.period_start_date and periods.has_previous
        ) as previous_order_count,
        sum(customer_months.net_revenue_amount) filter (
            where customer_months.month_start_date < periods.period_start_date and periods.has_previous
        ) as previous_net_revenue_amount,
        periods.period_kind,
        periods.membership_date
    from customer_months
    inner join periods
        on
            customer_months.month_start_date >= periods.previous_start_date
            and customer_months.month_start_date <= periods.period_end_date
    group by customer_months.customer_id, periods.period_kind, periods.membership_date

),

active as (

    select
        customer_id,
        coalesce(previous_order_count > 0, false) as has_ordered_in_previous,
        coalesce(order_count > 0, false) as has_ordered,
        cast(previous_order_count as bigint) as previous_order_count,
        cast(previous_net_revenue_amount as decimal(18, 4)) as previous_net_revenue_amount,
        -- What they spent before at most; nothing stands for no revenue.
        cast(
            least(coalesce(net_revenue_amount, 0), coalesce(previous_net_revenue_amount, 0)) as decimal(18, 4)
        ) as kept_net_revenue_amount,
        {% for measure in measures -%}
        cast({{ measure }} as {{ 'decimal(18, 4)' if measure.endswith('_amount') else 'bigint' }}) as {{ measure }},
        {% endfor -%}
        {{ square(cost_to_serve_amount('done')) }} as cost_to_serve_square,
        period_kind,
        membership_date
    from done
    where customer_id is not null

),

-- Squared here, once and not in every scheme.
squared as (

    select
        *,
        {{ square('net_revenue_amount') }} as net_revenue_square,
        {{ square('previous_net_revenue_amount') }} as previous_net_revenue_square,
        {{ square('kept_net_revenue_amount') }} as kept_net_revenue_square,
        {{ product('net_revenue_amount', 'previous_net_revenue_amount') }} as net_revenue_product,
        {{ product('kept_net_revenue_amount', 'previous_net_revenue_amount') }} as kept_net_revenue_product
    from active

),

engaged as (

    select
        engagement.customer_id,
        cast(engagement.engagement_score as decimal(9, 4)) as score,
        {% if 'engagement' in var('schemes') -%}
        case when engagement_segments.segment_code <> 'unknown' then engagement_segments.segment_code = 'high' end
        {%- else -%}
        cast(null as boolean)
        {%- endif %} as is_high,
        engagement.as_of_date as period_end_date
    from engagement
    {% if 'engagement' in var('schemes') -%}
    inner join engagement_segments
        on
            engagement.customer_id = engagement_segments.customer_id
            and engagement.as_of_date = engagement_segments.as_of_date
    {% endif -%}
    where engagement.as_of_date in (select periods.period_end_date from periods)

),

customers as (

    select
        purchases.customer_id,
        purchases.order_count > 0 as has_ordered_before,
        purchases.margin_amount as historic_margin_amount,
        cast(predictions.expected_margin_365d_amount as decimal(18, 4)) as expected_margin_amount,
        engaged.score as engagement_score,
        {{ square('engaged.score') }} as engagement_score_square,
        engaged.is_high,
        periods.period_kind,
        periods.membership_date
    from purchases
    inner join periods on purchases.as_of_date = periods.membership_date
    left join predictions
        on purchases.customer_id = predictions.customer_id and purchases.as_of_date = predictions.as_of_date
    left join engaged
        on purchases.customer_id = engaged.customer_id and periods.period_end_date = engaged.period_end_date

),

-- Few are active in a month: what they did is joined apart, so that memory does not hold it of everybody.
members as (

    select
        assignments.scheme,
        assignments.segment_code,
        customers.* exclude (customer_id), -- noqa: RF02
        squared.* exclude (customer_id, period_kind, membership_date) -- noqa: RF02
    from assignments
    inner join customers
        on
            assignments.customer_id = customers.customer_id
            and assignments.as_of_date = customers.membership_date
    left join squared
        on
            customers.customer_id = squared.customer_id
            and customers.period_kind = squared.period_kind
            and customers.membership_date = squared.membership_date

),

of_members as (

    select
        scheme,
        segment_code,
        period_kind,
        count(*) as customers_count,
        count(*) filter (where not has_ordered_before) as not_ordered_count,
        count(*) filter (where not has_ordered_before and has_ordered) as converted_count,
        count(*) filter (where has_ordered_in_previous) as previous_buyers_count,
        count(*) filter (where has_ordered_in_previous and has_ordered) as retained_count,
        count(*) filter (where has_ordered) as buyers_count,
        count(*) filter (where has_ordered_before and has_ordered) as returning_buyers_count,
        sum(previous_order_count) as previous_order_count,
        sum(previous_net_revenue_amount) as previous_net_revenue_amount,
        sum(kept_net_revenue_amount) as kept_net_revenue_amount,
        {% for measure in measures -%}
        sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        {% for revenue in ['net_revenue', 'previous_net_revenue', 'kept_net_revenue'] -%}
        sum({{ revenue }}_square) as {{ revenue }}_squares,
        {% endfor -%}
        sum(net_revenue_product) as net_revenue_products,
        sum(kept_net_revenue_product) as kept_net_revenue_products,
        sum(historic_margin_amount) as historic_margin_amount,
        count(expected_margin_amount) as expected_count,
        sum(expected_margin_amount) as expected_margin_amount,
        count(engagement_score) as engagement_score_count,
        sum(engagement_score) as engagement_scores,
        sum(engagement_score_square) as engagement_score_squares,
        count(is_high) as engagement_known_count,
        count(*) filter (where is_high) as high_engagement_count,
        sum(cost_to_serve_square) as cost_to_serve_squares,
        membership_date
    from members
    group by scheme, segment_code, period_kind, membership_date

),

{% if not of_models -%}
-- Who was no member of anything when the period began.
of_others as (

    select
        'all' as scheme,
        case when done.customer_id is null then 'anonymous' else 'entered' end as segment_code,
        done.period_kind,
        count(done.customer_id) as customers_count,
        count(*) filter (where done.customer_id is not null and done.order_count > 0) as buyers_count,
        {% for measure in measures -%}
        sum(done.{{ measure }}) as {{ measure }},
        {% endfor -%}
        done.membership_date
    from done
    left join purchases on done.customer_id = purchases.customer_id and done.membership_date = purchases.as_of_date
    where purchases.customer_id is null
    group by done.period_kind, done.membership_date, done.customer_id is null

),

{% endif -%}
together as (

    select * from of_members
    {% if not of_models -%}
    union all by name
    select * from of_others
    {%- endif %}

),

sums as (

    select
        scheme,
        segment_code,
        period_kind,
        {% for count in [
            'customers', 'not_ordered', 'converted', 'previous_buyers', 'retained', 'buyers', 'returning_buyers', 'expected',
            'engagement_score', 'engagement_known', 'high_engagement', 'previous_order',
        ] -%}
        cast(coalesce({{ count }}_count, 0) as bigint) as {{ count }}_count,
        {% endfor -%}
        {% for amount in ['previous_net_revenue', 'kept_net_revenue', 'historic_margin', 'expected_margin'] -%}
        cast(coalesce({{ amount }}_amount, 0) as decimal(38, 4)) as {{ amount }}_amount,
        {% endfor -%}
        {% for measure in measures -%}
        cast(
            coalesce({{ measure }}, 0) as {{ 'decimal(38, 4)' if measure.endswith('_amount') else 'bigint' }}
        ) as {{ measure }},
        {% endfor -%}
        cast(coalesce(engagement_scores, 0) as decimal(38, 4)) as engagement_scores,
        {% for sum in [
            'net_revenue_squares', 'previous_net_revenue_squares', 'kept_net_revenue_squares', 'net_revenue_products',
            'kept_net_revenue_products', 'engagement_score_squares', 'cost_to_serve_squares',
        ] -%}
        cast(coalesce({{ sum }}, 0) as decimal(38, 8)) as {{ sum }},
        {% endfor -%}
        membership_date
    from together

)

select * from sums
{%- endmacro %}
