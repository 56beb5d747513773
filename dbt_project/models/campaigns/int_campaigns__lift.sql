-- One row per campaign, scheme, segment and metric whose responses are known: both arms side by side, what contacting
-- changed, with intervals of 95 %, and how sure it is. Nothing here asks whether chance decided who was contacted:
-- int_campaigns__checks does, and the marts tell it only where it did.
--
-- The adjusted difference takes away what the arms already differed in before (CUPED: Deng, Xu, Kohavi & Walker 2013,
-- WSDM), with one slope for both arms, from the differences within each; so it is the difference of a regression on arm
-- and covariate.
{% set minimum = var('minimum_cell_customers') %}

with sums as (

    select * from {{ ref('int_campaigns__sums') }}

),

moments as (

    select
        *,
        {{ ratio('after_sum', 'customers_count') }} as mean,
        {{ ratio('before_sum', 'customers_count') }} as before_mean,
        case
            when customers_count > 1
                then {{ sample_covariance('after_squares', 'after_sum', 'after_sum', 'customers_count') }}
        end as variance,
        case
            when customers_count > 1
                then {{ sample_covariance('before_squares', 'before_sum', 'before_sum', 'customers_count') }}
        end as before_variance,
        case
            when customers_count > 1
                then {{ sample_covariance('cross_products', 'after_sum', 'before_sum', 'customers_count') }}
        end as covariance
    from sums

),

{% set arms = {'treatment': 'contacted', 'holdout': 'held'} -%}
{% set measures = ['customers_count', 'mean', 'before_mean', 'variance', 'before_variance', 'covariance'] -%}
side_by_side as (

    select
        campaign_id,
        scheme,
        segment_code,
        metric,
        {% for arm, prefix in arms.items() -%}
        {% for measure in measures -%}
        any_value({{ measure }}) filter (where arm = '{{ arm }}') as {{ prefix }}_{{ measure }},
        {% endfor -%}
        {% endfor -%}
        bool_and(is_rate) as is_rate,
        bool_and(has_covariate) as has_covariate
    from moments
    group by campaign_id, scheme, segment_code, metric

),

-- Whoever is held out has no coupon to redeem, so of that there is nothing to compare.
comparable as (

    select
        *,
        coalesce(contacted_customers_count >= {{ minimum }}, false)
        and coalesce(held_customers_count >= {{ minimum }}, false)
        and has_covariate as is_comparable,
        coalesce({{ ratio(
            '(contacted_customers_count - 1) * contacted_covariance + (held_customers_count - 1) * held_covariance',
            '(contacted_customers_count - 1) * contacted_before_variance'
            ~ ' + (held_customers_count - 1) * held_before_variance',
        ) }}, 0) as slope
    from side_by_side

),

adjusted as (

    select
        *,
        contacted_mean - held_mean as raw_difference,
        contacted_mean - held_mean - slope * (contacted_before_mean - held_before_mean) as cleaned_difference,
        {% for prefix in arms.values() -%}
        {{ ratio(prefix ~ '_variance', prefix ~ '_customers_count') }} as {{ prefix }}_error,
        {% endfor -%}
        {% for prefix in arms.values() -%}
        {{ cleaned_variance(prefix) }} / {{ prefix }}_customers_count as {{ prefix }}_cleaned_error
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from comparable
    where is_comparable

),

with_errors as (

    select
        *,
        sqrt(contacted_error + held_error) as error,
        sqrt(contacted_cleaned_error + held_cleaned_error) as cleaned_error,
        {{ welch_degrees('contacted_error', 'contacted_customers_count', 'held_error', 'held_customers_count') }}
            as degrees,
        {{ welch_degrees(
            'contacted_cleaned_error', 'contacted_customers_count', 'held_cleaned_error', 'held_customers_count'
        ) }} as cleaned_degrees,
        {{ ratio(
            'contacted_mean * contacted_customers_count + held_mean * held_customers_count',
            'contacted_customers_count + held_customers_count',
        ) }} as share_of_both
    from adjusted

),

-- Without any difference between customers there is no error, no interval and nothing to test.
with_intervals as (

    select
        *,
        case when error > 0 then {{ t_975('degrees') }} end as t,
        case when cleaned_error > 0 then {{ t_975('cleaned_degrees') }} end as cleaned_t,
        case
            when not is_rate then {{ two_sided_t_p('(raw_difference / nullif(error, 0))', 'degrees') }}
            when share_of_both > 0 and share_of_both < 1
                then {{ two_sided_normal_p(
                    '(raw_difference / sqrt(share_of_both * (1 - share_of_both)'
                    ~ ' * (1.0 / contacted_customers_count + 1.0 / held_customers_count)))'
                ) }}
        end as p_value,
        {{ two_sided_t_p('(cleaned_difference / nullif(cleaned_error, 0))', 'cleaned_degrees') }} as cleaned_p_value,
        -- E. C. Fieller 1954, Journal of the Royal Statistical Society B 16: of the ratio of two means. Where the mean
        -- of those held out is not surely above 0, the ratio has no interval.
        held_mean * held_mean - pow({{ t_975('degrees') }}, 2) * held_error as fieller_square
    from with_errors

),

-- S. Holm 1979, Scandinavian Journal of Statistics 6: with so many segments looked at, one in twenty would seem to
-- answer.
ranked as (

    select
        *,
        count(cleaned_p_value) over (partition by campaign_id, scheme, metric) as tests_count,
        row_number() over (
            partition by campaign_id, scheme, metric
            order by cleaned_p_value asc nulls last, segment_code asc
        ) as place
    from with_intervals

),

corrected as (

    select
        *,
        case
            when cleaned_p_value is not null
                then max(least(1.0, (tests_count - place + 1) * cleaned_p_value)) over (
                    partition by campaign_id, scheme, metric
                    order by place asc
                    rows between unbounded preceding and current row
                )
        end as adjusted_p_value
    from ranked

),

lift as (

    select
        comparable.campaign_id,
        comparable.scheme,
        comparable.segment_code,
        comparable.metric,
        coalesce(comparable.contacted_customers_count, 0) as treatment_customers_count,
        coalesce(comparable.held_customers_count, 0) as holdout_customers_count,
        case
            when comparable.contacted_customers_count >= {{ minimum }} then comparable.contacted_mean
        end as treatment_mean,
        case
            when comparable.held_customers_count >= {{ minimum }} and comparable.has_covariate then comparable.held_mean
        end as holdout_mean,
        corrected.raw_difference as difference,
        {% for end, sign in {'low': -1, 'high': 1}.items() -%}
        case
            when corrected.is_rate
                then {{ newcombe_bound(
                    'corrected.contacted_mean', 'corrected.contacted_customers_count',
                    'corrected.held_mean', 'corrected.held_customers_count', sign
                ) }}
            else corrected.raw_difference + {{ sign }} * corrected.t * corrected.error
        end as difference_{{ end }},
        {% endfor -%}
        corrected.p_value,
        corrected.cleaned_difference as adjusted_difference,
        corrected.cleaned_difference - corrected.cleaned_t * corrected.cleaned_error as adjusted_low,
        corrected.cleaned_difference + corrected.cleaned_t * corrected.cleaned_error as adjusted_high,
        corrected.cleaned_p_value as adjusted_difference_p_value,
        corrected.adjusted_p_value,
        1 - {{ ratio('pow(corrected.cleaned_error, 2)', 'pow(corrected.error, 2)') }} as variance_reduction_share,
        case
            when corrected.held_mean > 0 then {{ ratio('corrected.raw_difference', 'corrected.held_mean') }}
        end as relative_lift_share,
        {% for end, sign in {'low': '-', 'high': '+'}.items() -%}
        case
            when corrected.held_mean > 0 and corrected.fieller_square > 0
                then (
                    corrected.contacted_mean * corrected.held_mean {{ sign }} sqrt(greatest(
                        pow(corrected.contacted_mean * corrected.held_mean, 2)
                        - corrected.fieller_square
                        * (pow(corrected.contacted_mean, 2) - pow(corrected.t, 2) * corrected.contacted_error),
                        0
                    ))
                ) / corrected.fieller_square - 1
        end as relative_lift_{{ end }},
        {% endfor -%}
        ({{ normal_975() }} + {{ normal_800() }}) * corrected.cleaned_error as minimum_detectable_effect,
        comparable.is_comparable,
        comparable.has_covariate
    from comparable
    left join corrected
        on
            comparable.campaign_id = corrected.campaign_id
            and comparable.scheme = corrected.scheme
            and comparable.segment_code = corrected.segment_code
            and comparable.metric = corrected.metric

)

select * from lift
