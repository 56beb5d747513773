{#-
    How much of what customers did afterwards each scheme of `sums` explains, with each group of customers left out (-1:
    none). A segment's mean is learned on the earlier date and held against what followed the later one: 1 - SSE / SSE of
    the mean of all customers, learned on the earlier date too (the out-of-sample R2 of Campbell & Thompson 2008,
    equation 1; of yes and no, Brier's skill score: Murphy 1973). It is negative where a scheme foresees worse than one
    mean for all would. A segment that nobody was in on the earlier date is foreseen by that mean.
-#}
{% macro scorecard_shares(sums) -%}
with inputs as (

    select * from {{ ref('int_scorecard__inputs') }}

),

sums as (

    select * from {{ ref(sums) }}

),

left_out as (

    select unnest(range(-1, {{ scorecard_groups() }})) as left_out_group

),

segments as (

    select
        sums.scheme,
        sums.segment_code,
        left_out.left_out_group,
        sum(sums.customers_count) as customers_count,
        sum(sums.buyers_count) as buyers_count,
        sum(sums.learnable_amount) as learnable_amount,
        sum(sums.judged_amount) as judged_amount,
        sum(sums.judged_squares) as judged_squares,
        sums.as_of_date
    from sums
    inner join left_out on sums.customer_group <> left_out.left_out_group
    group by sums.scheme, sums.segment_code, left_out.left_out_group, sums.as_of_date

),

learned_means as (

    select
        scheme,
        segment_code,
        left_out_group,
        {{ ratio('buyers_count', 'customers_count') }} as buyers_share,
        {{ ratio('learnable_amount', 'customers_count') }} as mean_amount,
        as_of_date
    from segments

),

-- Of every scheme the same, because every customer is in one segment of each.
learned_of_all as (

    select
        scheme,
        left_out_group,
        {{ ratio('sum(buyers_count)', 'sum(customers_count)') }} as buyers_share,
        {{ ratio('sum(learnable_amount)', 'sum(customers_count)') }} as mean_amount,
        as_of_date
    from segments
    group by scheme, left_out_group, as_of_date

),

foreseen as (

    select
        segments.scheme,
        segments.segment_code,
        segments.left_out_group,
        cast(segments.customers_count as double) as customers_count,
        cast(segments.buyers_count as double) as buyers_count,
        cast(segments.judged_amount as double) as judged_amount,
        cast(segments.judged_squares as double) as judged_squares,
        learned_of_all.mean_amount as mean_of_all,
        learned_of_all.buyers_share as buyers_share_of_all,
        coalesce(learned_means.mean_amount, learned_of_all.mean_amount) as mean_of_segment,
        coalesce(learned_means.buyers_share, learned_of_all.buyers_share) as buyers_share_of_segment,
        segments.as_of_date
    from segments
    inner join inputs on segments.as_of_date = inputs.input_date
    inner join learned_of_all
        on
            segments.scheme = learned_of_all.scheme
            and segments.left_out_group = learned_of_all.left_out_group
            and inputs.learned_as_of_date = learned_of_all.as_of_date
    left join learned_means
        on
            segments.scheme = learned_means.scheme
            and segments.segment_code = learned_means.segment_code
            and segments.left_out_group = learned_means.left_out_group
            and inputs.learned_as_of_date = learned_means.as_of_date

),

-- Lists are summed up in their own order, so that rounding is the same every night; and it may leave less than nothing
-- of squares that are all 0.
errors as (

    select
        scheme,
        left_out_group,
        {% for whose in ['segment', 'all'] -%}
        list_sum(list(
            greatest(
                judged_squares - 2 * mean_of_{{ whose }} * judged_amount + customers_count * mean_of_{{ whose }} ** 2, 0
            )
            order by segment_code asc
        )) as spend_error_of_{{ whose }},
        list_sum(list(
            greatest(
                (1 - 2 * buyers_share_of_{{ whose }}) * buyers_count
                + customers_count * buyers_share_of_{{ whose }} ** 2,
                0
            )
            order by segment_code asc
        )) as retention_error_of_{{ whose }},
        {% endfor -%}
        as_of_date
    from foreseen
    group by scheme, left_out_group, as_of_date

),

shares as (

    select
        scheme,
        left_out_group,
        1 - {{ ratio('spend_error_of_segment', 'spend_error_of_all') }} as explained_spend_share,
        1 - {{ ratio('retention_error_of_segment', 'retention_error_of_all') }} as explained_retention_share,
        as_of_date
    from errors

)

select * from shares
{%- endmacro %}
