-- One row per campaign, scheme, segment, arm and metric whose responses are known: number of customers and sums of what
-- they did before and after they were assigned. Beside the segments the row of all customers, scheme and segment "all".
-- Customers who were in no segment, because they were strangers on the evaluated date, are in "unknown", so that the
-- segments of a scheme add up to all. Segments of which an arm is under the privacy limit are folded into "other"; when
-- they are too few even together, the next smallest is folded in as well.
{% set parts = ['kept_sums'] + (['model_sums'] if var('model_schemes') else []) %}
{% set sums = ['customers_count'] %}
{% for metric in campaign_metrics() -%}
{% for name in campaign_sum_names() %}{% do sums.append(metric ~ '_' ~ name) %}{% endfor %}
{% endfor -%}

with customers as (

    select * from {{ ref('int_campaigns__customers') }}
    where order_count is not null and arm in ('treatment', 'holdout')

),

{% for part in parts -%}
{{ part }} as (

    select * from {{ ref('int_campaigns__' ~ part) }}

),

{% endfor -%}
in_segments as (

    {% for part in parts -%}
    select * from {{ part }}
    {% if not loop.last %}union all by name
    {% endif %}
    {%- endfor %}

),

of_all as (

    select
        customers.campaign_id,
        'all' as scheme,
        'all' as segment_code,
        customers.arm,
        {{ campaign_sums() }}
    from customers
    group by customers.campaign_id, customers.arm

),

schemes as (

    select distinct
        campaign_id,
        scheme
    from in_segments

),

-- Who is in no segment: all, less those who are in one.
with_strangers as (

    select * exclude (features_as_of_date) from in_segments
    union all by name
    select * from of_all
    union all by name
    select of_all.* replace (schemes.scheme as scheme, 'unknown' as segment_code)
    from of_all
    inner join schemes on of_all.campaign_id = schemes.campaign_id
    union all by name
    select
        campaign_id,
        scheme,
        'unknown' as segment_code,
        arm,
        {% for name in sums -%}
        -{{ name }} as {{ name }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from in_segments

),

added_up as (

    select
        campaign_id,
        scheme,
        segment_code,
        arm,
        {% for name in sums -%}
        sum({{ name }}) as {{ name }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from with_strangers
    group by campaign_id, scheme, segment_code, arm
    having sum(customers_count) > 0

),

arms as (

    select
        campaign_id,
        count(*) as arms_count
    from of_all
    group by campaign_id

),

cells as (

    select
        added_up.campaign_id,
        added_up.scheme,
        added_up.segment_code,
        case
            when count(*) < any_value(arms.arms_count) then 0
            else min(added_up.customers_count)
        end as smallest_arm_count
    from added_up
    inner join arms on added_up.campaign_id = arms.campaign_id
    group by added_up.campaign_id, added_up.scheme, added_up.segment_code

),

smaller as (

    select
        *,
        row_number() over by_size as place,
        sum(smallest_arm_count) over (by_size rows between unbounded preceding and 1 preceding) as smaller_count
    from cells
    window by_size as (partition by campaign_id, scheme order by smallest_arm_count asc, segment_code asc)

),

folds as (

    select
        campaign_id,
        scheme,
        segment_code,
        case
            when scheme = 'all' then 'all'
            when
                smallest_arm_count < {{ var('minimum_cell_customers') }}
                or (place > 1 and smaller_count < {{ var('minimum_cell_customers') }})
                then 'other'
            else segment_code
        end as reported_segment_code
    from smaller

),

folded as (

    select
        added_up.campaign_id,
        added_up.scheme,
        folds.reported_segment_code as segment_code,
        added_up.arm,
        {% for name in sums -%}
        sum(added_up.{{ name }}) as {{ name }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from added_up
    inner join folds
        on
            added_up.campaign_id = folds.campaign_id
            and added_up.scheme = folds.scheme
            and added_up.segment_code = folds.segment_code
    group by added_up.campaign_id, added_up.scheme, folds.reported_segment_code, added_up.arm

),

long as (

    {% for metric, of in campaign_metrics().items() -%}
    select
        campaign_id,
        scheme,
        segment_code,
        arm,
        '{{ metric }}' as metric,
        cast(customers_count as bigint) as customers_count,
        {% for name in campaign_sum_names() -%}
        cast({{ metric }}_{{ name }} as double) as {{ name }},
        {% endfor -%}
        {{ of.is_rate | lower }} as is_rate,
        {{ (of.before is not none) | lower }} as has_covariate
    from folded
    where {{ metric }}_after_sum is not null
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor %}
)

select * from long
