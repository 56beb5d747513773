-- One row per scheme, segment, kind of period and KPI of its newest period: the result, how it has changed since the
-- period before, whether the change is large, sure and of many enough to be told, and whether the company's target is
-- met. A target for which there is no result has a row as well.
{% set minimum_effect = var('kpi_alert_minimum_effect') %}
{# What each is of, and its standard deviation where it is a mean. #}
{% set kpis = {
    'period_retention_rate': ['previous_buyers_count', none],
    'net_revenue_retention_rate': ['previous_buyers_count', none],
    'gross_revenue_retention_rate': ['previous_buyers_count', none],
    'conversion_rate': ['not_ordered_count', none],
    'campaign_response_rate': ['exposure_count', none],
    'high_engagement_share': ['engagement_known_count', none],
    'net_revenue_per_customer_amount': ['customers_count', 'net_revenue_per_customer_deviation'],
    'average_order_value_amount': ['order_count', none],
    'expected_margin_365d_mean_amount': ['expected_count', none],
    'nps': ['nps_answers_count', 'nps_deviation'],
    'engagement_score_mean': ['engagement_score_count', 'engagement_score_deviation'],
    'cost_to_serve_per_customer_amount': ['customers_count', 'cost_to_serve_per_customer_deviation'],
    'cost_to_serve_margin_share': ['customers_count', none],
    'refund_share': ['order_count', none],
    'net_revenue_growth_share': ['customers_count', none],
} %}
{% set rates = ['period_retention_rate', 'conversion_rate', 'campaign_response_rate', 'high_engagement_share'] %}

with results as (

    select * from {{ ref('int_kpis__results') }}
    where segment_code not in ('entered', 'anonymous')

),

kpi_catalog as (

    select * from {{ ref('kpi_catalog') }}

),

segment_catalog as (

    select * from {{ ref('int_segmentations__catalog') }}

),

segmentation_schemes as (

    select * from {{ ref('segmentation_schemes') }}

),

targets as (

    {% for target in var('kpi_targets') -%}
    select
        '{{ target.scheme }}' as scheme,
        '{{ target.segment }}' as segment_code,
        '{{ target.period_kind }}' as period_kind,
        '{{ target.kpi }}' as kpi,
        cast({{ 'null' if target.at_least is none else target.at_least }} as double) as target_at_least,
        cast({{ 'null' if target.at_most is none else target.at_most }} as double) as target_at_most
    {% if not loop.last %}union all
    {% endif %}
    {%- else -%}
    select
        cast(null as varchar) as scheme,
        cast(null as varchar) as segment_code,
        cast(null as varchar) as period_kind,
        cast(null as varchar) as kpi,
        cast(null as double) as target_at_least,
        cast(null as double) as target_at_most
    where false
    {%- endfor %}

),

single as (

    {% for kpi, (counted, deviation) in kpis.items() -%}
    select
        scheme,
        segment_code,
        period_kind,
        '{{ kpi }}' as kpi,
        cast({{ counted }} as bigint) as counted_count,
        cast({{ kpi }} as double) as kpi_value,
        {{ kpi ~ '_low' if kpi in rates else 'null' }} as low,
        {{ kpi ~ '_high' if kpi in rates else 'null' }} as high,
        {{ deviation if deviation else 'null' }} as deviation,
        is_newest,
        period_start_date,
        period_end_date,
        membership_date,
        previous_membership_date
    from results
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor %}

),

-- What is folded into "other" differs from period to period, so that it cannot be compared.
compared as (

    select
        now.*,
        earlier.kpi_value as previous_value,
        earlier.counted_count as previous_count,
        earlier.low as previous_low,
        earlier.high as previous_high,
        earlier.deviation as previous_deviation
    from single as now
    left join single as earlier
        on
            now.scheme = earlier.scheme
            and now.segment_code = earlier.segment_code
            and now.period_kind = earlier.period_kind
            and now.kpi = earlier.kpi
            and now.previous_membership_date = earlier.membership_date
            and now.segment_code <> 'other'
    where now.is_newest and now.kpi_value is not null

),

catalogued as (

    select
        compared.*,
        kpi_catalog.kpi_name,
        kpi_catalog.unit,
        kpi_catalog.better,
        kpi_catalog.kind
    from compared
    inner join kpi_catalog on compared.kpi = kpi_catalog.kpi

),

-- Of shares the difference of their arcsines (Cohen's h) and Newcombe's interval, made of the two of Wilson; of means
-- the difference in standard deviations (Cohen's d) and the interval of normal quantiles. Of ratios and
-- of what is foretold no alert is made: of the ones no size of an effect is usual, and the others another model may
-- have said.
measured as (

    select
        *,
        kpi_value - previous_value as change_value,
        case kind
            when 'rate' then 2 * asin(sqrt(kpi_value)) - 2 * asin(sqrt(previous_value))
            when 'mean'
                then
                    {{ ratio(
                        'kpi_value - previous_value',
                        'sqrt((pow(deviation, 2) + pow(previous_deviation, 2)) / 2)',
                    ) }}
        end as effect_size,
        case kind
            when 'rate'
                then kpi_value - previous_value - sqrt(pow(kpi_value - low, 2) + pow(previous_high - previous_value, 2))
            when 'mean'
                then
                    kpi_value - previous_value - {{ normal_975() }} * sqrt(
                        {{ ratio('pow(deviation, 2)', 'counted_count') }}
                        + {{ ratio('pow(previous_deviation, 2)', 'previous_count') }}
                    )
        end as change_low,
        case kind
            when 'rate'
                then kpi_value - previous_value + sqrt(pow(high - kpi_value, 2) + pow(previous_value - previous_low, 2))
            when 'mean'
                then
                    kpi_value - previous_value + {{ normal_975() }} * sqrt(
                        {{ ratio('pow(deviation, 2)', 'counted_count') }}
                        + {{ ratio('pow(previous_deviation, 2)', 'previous_count') }}
                    )
        end as change_high
    from catalogued

),

judged as (

    select
        coalesce(measured.scheme, targets.scheme) as scheme,
        coalesce(measured.segment_code, targets.segment_code) as segment_code,
        coalesce(measured.period_kind, targets.period_kind) as period_kind,
        coalesce(measured.kpi, targets.kpi) as kpi,
        coalesce(measured.kpi_name, target_catalog.kpi_name) as kpi_name,
        coalesce(measured.unit, target_catalog.unit) as unit,
        case
            when measured.change_value is null or measured.change_value = 0 then 'none'
            when (measured.change_value > 0) = (measured.better = 'higher') then 'good'
            else 'bad'
        end as direction,
        measured.* exclude (scheme, segment_code, period_kind, kpi, kpi_name, unit), -- noqa: RF02
        targets.target_at_least,
        targets.target_at_most,
        coalesce(
            abs(measured.effect_size) >= {{ minimum_effect }}
            and least(measured.counted_count, measured.previous_count) >= {{ var('kpi_alert_minimum_count') }}
            and (measured.change_low > 0 or measured.change_high < 0),
            false
        ) as is_alert,
        case
            when measured.kpi_value is not null and targets.kpi is not null
                then
                    coalesce(measured.kpi_value >= targets.target_at_least, true)
                    and coalesce(measured.kpi_value <= targets.target_at_most, true)
        end as is_target_met
    from measured
    full join targets
        on
            measured.scheme = targets.scheme
            and measured.segment_code = targets.segment_code
            and measured.period_kind = targets.period_kind
            and measured.kpi = targets.kpi
    left join kpi_catalog as target_catalog on targets.kpi = target_catalog.kpi

),

alerts as (

    select
        judged.scheme,
        judged.segment_code,
        {{ kpi_segment_name('judged') }} as segment_name,
        judged.period_kind,
        case when judged.period_start_date is not null then {{ period_name('judged') }} end as period_name,
        judged.kpi,
        judged.kpi_name,
        judged.unit,
        judged.direction,
        judged.kpi_name || ' of ' || {{ kpi_segment_name('judged') }}
        || coalesce(' (' || segmentation_schemes.scheme_name || ')', '')
        || case
            when judged.kpi_value is null then ': there is no result to hold against the target'
            when judged.change_value > 0
                then
                    ' rose from ' || {{ kpi_words('judged.previous_value', 'judged.unit') }}
                    || ' to ' || {{ kpi_words('judged.kpi_value', 'judged.unit') }}
            when judged.change_value < 0
                then
                    ' fell from ' || {{ kpi_words('judged.previous_value', 'judged.unit') }}
                    || ' to ' || {{ kpi_words('judged.kpi_value', 'judged.unit') }}
            when judged.change_value = 0 then ' stayed at ' || {{ kpi_words('judged.kpi_value', 'judged.unit') }}
            else ' is ' || {{ kpi_words('judged.kpi_value', 'judged.unit') }}
        end
        || coalesce(
            case judged.period_kind when 'quarter' then ' in the ' else ' in ' end || {{ period_name('judged') }}, ''
        )
        || case
            when judged.is_target_met is null then ''
            when judged.is_target_met then '; the target is met'
            else '; the target'
        end
        || case
            when judged.is_target_met or judged.is_target_met is null then ''
            else
                coalesce(' of at least ' || {{ kpi_words('judged.target_at_least', 'judged.unit') }}, '')
                || coalesce(' of at most ' || {{ kpi_words('judged.target_at_most', 'judged.unit') }}, '')
                || ' is missed'
        end
        || '.' as sentence,
        judged.counted_count,
        judged.previous_count,
        judged.kpi_value,
        judged.previous_value,
        judged.change_value,
        judged.change_low,
        judged.change_high,
        judged.effect_size,
        judged.target_at_least,
        judged.target_at_most,
        judged.is_alert,
        judged.is_target_met,
        judged.period_start_date,
        judged.period_end_date
    from judged
    left join segmentation_schemes on judged.scheme = segmentation_schemes.scheme
    left join segment_catalog
        on judged.scheme = segment_catalog.scheme and judged.segment_code = segment_catalog.segment_code

)

select * from alerts
