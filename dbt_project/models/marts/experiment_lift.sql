-- One row per campaign, scheme, segment and metric whose responses are known: what the contacted and those held out
-- did, and what contacting changed, where chance decided who was contacted; null where it did not, with the reason.
{% set units = {
    'response_rate': 'buyers per 100 customers',
    'orders': 'orders per customer',
    'net_revenue': var('base_currency') ~ ' of net revenue per customer',
    'margin': var('base_currency') ~ ' of margin per customer',
} %}
{% set withheld = [
    'difference', 'difference_low', 'difference_high', 'p_value', 'adjusted_difference', 'adjusted_low', 'adjusted_high',
    'adjusted_difference_p_value', 'adjusted_p_value', 'variance_reduction_share', 'relative_lift_share',
    'relative_lift_low', 'relative_lift_high', 'minimum_detectable_effect',
] %}

with lift as (

    select * from {{ ref('int_campaigns__lift') }}

),

checks as (

    select * from {{ ref('int_campaigns__checks') }}

),

segment_catalog as (

    select * from {{ ref('int_segmentations__catalog') }}

),

tonight as (

    select as_of_date
    from {{ ref('as_of_dates') }}
    where is_tonight

),

told as (

    select
        lift.*,
        checks.campaign_name,
        case
            when lift.scheme = 'all' then 'All customers'
            when lift.segment_code = 'other' then 'Other (small segments)'
            when lift.segment_code = 'unknown' then coalesce(segment_catalog.segment_name, 'Unknown')
            else coalesce(segment_catalog.segment_name, lift.segment_code)
        end as segment_name,
        case
            when checks.why_not is not null then checks.why_not
            when not lift.has_covariate then 'Whoever is held out has nothing to redeem.'
            when not lift.is_comparable
                then 'Fewer than {{ var("minimum_cell_customers") }} customers of an arm are in the segment.'
        end as why_not,
        checks.is_randomised,
        tonight.as_of_date
    from lift
    inner join checks on lift.campaign_id = checks.campaign_id
    cross join tonight
    left join segment_catalog
        on lift.scheme = segment_catalog.scheme and lift.segment_code = segment_catalog.segment_code

),

experiment_lift as (

    select
        campaign_id,
        scheme,
        segment_code,
        metric,
        campaign_name,
        segment_name,
        case
            when why_not is null and adjusted_p_value is not null
                then
                    case
                        when adjusted_p_value >= 0.05 then 'Not sure that contacting changed anything: '
                        when adjusted_difference > 0 then 'Contacting brought more: '
                        else 'Contacting cost: '
                    end
                    || case metric
                        {% for metric, unit in units.items() -%}
                        when '{{ metric }}'
                            then {{ lift_words(unit, times=100 if metric == 'response_rate' else 1) }}
                        {% endfor -%}
                    end
        end as finding,
        why_not,
        treatment_customers_count,
        holdout_customers_count,
        treatment_mean,
        holdout_mean,
        {% for column in withheld -%}
        case when why_not is null then {{ column }} end as {{ column }},
        {% endfor -%}
        is_randomised,
        why_not is null and coalesce(adjusted_p_value < 0.05, false) as is_significant,
        as_of_date
    from told

)

select * from experiment_lift
