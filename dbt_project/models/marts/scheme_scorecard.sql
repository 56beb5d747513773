-- One row per scheme and evaluated date whose first horizon is over: how much of what customers did afterwards the
-- scheme explains, how steady it is, whom it covers, how even and how large its segments are and whether they can be
-- reached.
{% set days = var('outcome_horizon_days')[0] %}

with inputs as (

    select * from {{ ref('int_scorecard__inputs') }}

),

sums as (

    select * from {{ ref('int_scorecard__sums') }}

),

shares as (

    select * from {{ ref('int_scorecard__shares') }}

),

transitions as (

    select * from {{ ref('segment_transitions') }}

),

segmentation_schemes as (

    select * from {{ ref('segmentation_schemes') }}

),

segments as (

    select
        scheme,
        segment_code,
        {{ is_placed('segment_code') }} as is_placed,
        sum(customers_count) as customers_count,
        sum(reachable_count) as reachable_count,
        as_of_date
    from sums
    group by scheme, segment_code, as_of_date

),

sized as (

    select
        *,
        {{ ratio('customers_count', 'sum(customers_count) filter (where is_placed) over everybody') }} as placed_share
    from segments
    window everybody as (partition by scheme, as_of_date)

),

described as (

    select
        scheme,
        cast(sum(customers_count) as bigint) as customers_count,
        {{ ratio('coalesce(sum(customers_count) filter (where is_placed), 0)', 'sum(customers_count)') }}
            as coverage_share,
        count(*) filter (where is_placed) as segments_count,
        cast(min(customers_count) filter (where is_placed) as bigint) as smallest_segment_customers_count,
        list_sum(list(-placed_share * ln(placed_share) order by segment_code asc) filter (where is_placed)) as entropy,
        case
            when sum(reachable_count) > 0
                then min({{ ratio('reachable_count', 'customers_count') }}) filter (
                    where is_placed and customers_count >= {{ var('minimum_cell_customers') }}
                )
        end as reachability_share,
        as_of_date
    from sized
    group by scheme, as_of_date

),

-- Of those who were in a segment that says something the date before.
steady as (

    select
        scheme,
        {{ ratio(
            'coalesce(sum(customers_count) filter (where from_segment_code = to_segment_code), 0)',
            'sum(customers_count)'
        ) }} as stability_share,
        as_of_date
    from transitions
    where {{ is_placed('from_segment_code') }} and from_segment_code <> 'entered'
    group by scheme, as_of_date

),

explained as (

    select
        scheme,
        {% for subject in ['spend', 'retention'] -%}
        any_value(explained_{{ subject }}_share) filter (where left_out_group = -1) as explained_{{ subject }}_share,
        {{ jackknife_half_width(
            'list(explained_' ~ subject ~ '_share order by left_out_group asc) filter (where left_out_group >= 0)'
        ) }} as {{ subject }}_half_width,
        {% endfor -%}
        as_of_date
    from shares
    group by scheme, as_of_date

),

scored as (

    select
        described.scheme,
        segmentation_schemes.scheme_name,
        segmentation_schemes.method,
        case
            when inputs.learned_as_of_date is null
                then 'there is no evaluated date {{ days }} days before, from whose outcomes could be learned'
            when explained.explained_spend_share is null
                then 'nobody bought anything in the {{ days }} days after it or after the date that was learned from'
        end as explained_reason,
        {% for subject in ['spend', 'retention'] -%}
        explained.explained_{{ subject }}_share,
        explained.explained_{{ subject }}_share - explained.{{ subject }}_half_width
            as explained_{{ subject }}_share_lower,
        explained.explained_{{ subject }}_share + explained.{{ subject }}_half_width
            as explained_{{ subject }}_share_upper,
        {% endfor -%}
        steady.stability_share,
        described.coverage_share,
        -- One segment is as uneven as can be.
        case when described.segments_count = 1 then 0 else described.entropy / ln(described.segments_count) end
            as balance_share,
        described.reachability_share,
        described.segments_count,
        described.smallest_segment_customers_count,
        described.customers_count,
        described.as_of_date = max(described.as_of_date) over () as is_newest,
        inputs.learned_as_of_date,
        described.as_of_date + {{ days }} as outcomes_until_date,
        described.as_of_date
    from described
    inner join inputs on described.as_of_date = inputs.input_date
    inner join segmentation_schemes on described.scheme = segmentation_schemes.scheme
    left join steady on described.scheme = steady.scheme and described.as_of_date = steady.as_of_date
    left join explained on described.scheme = explained.scheme and described.as_of_date = explained.as_of_date

),

ranked as (

    select
        scheme,
        scheme_name,
        method,
        explained_reason,
        case
            when explained_spend_share_lower is not null
                then rank() over (
                    partition by as_of_date
                    order by explained_spend_share_lower desc nulls last
                )
        end as usefulness_rank,
        explained_spend_share,
        explained_spend_share_lower,
        explained_spend_share_upper,
        explained_retention_share,
        explained_retention_share_lower,
        explained_retention_share_upper,
        stability_share,
        coverage_share,
        balance_share,
        reachability_share,
        segments_count,
        smallest_segment_customers_count,
        customers_count,
        is_newest,
        learned_as_of_date,
        outcomes_until_date,
        as_of_date
    from scored

)

select * from ranked
