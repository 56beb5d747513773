-- One row per scheme, segment and period whose period before has memberships of its own: how much more a segment
-- sold, with members as they were when each of the two periods began, and why. Amounts are decimals, and the effects
-- add up to the change exactly. A segment that is too small on one of the two dates is folded on both. "entered" is
-- who became known within the period, so that the segments of every scheme add up to the same change.
--
-- The split is that of price and volume (price-volume-mix): those who stayed ordered more or less often at what an
-- order was worth before, and the rest of their change is what they put into an order.
with periods as (

    select * from {{ ref('int_kpis__periods') }}
    where previous_membership_date is not null

),

segment_sums as (

    select * from {{ ref('int_kpis__sums') }}
    where segment_code <> 'anonymous'

),

folds as (

    select * from {{ ref('int_segmentations__folds') }}

),

segment_movers as (

    select * from {{ ref('int_kpis__kept_movers') }}
    {% if var('model_schemes') -%}
    union all by name
    select * from {{ ref('int_kpis__model_movers') }}
    {%- endif %}

),

codes as (

    select
        folds.scheme,
        folds.segment_code,
        case when bool_or(folds.reported_segment_code = 'other') then 'other' else folds.segment_code end
            as reported_segment_code,
        periods.period_kind,
        periods.membership_date
    from folds
    inner join periods
        on folds.as_of_date = periods.membership_date or folds.as_of_date = periods.previous_membership_date
    group by folds.scheme, folds.segment_code, periods.period_kind, periods.membership_date

),

-- Who became known within a period is the same in every scheme.
schemes as (

    select distinct
        scheme,
        membership_date
    from segment_sums

),

sizes as (

    select
        scheme,
        segment_code,
        period_kind,
        customers_count,
        order_count,
        net_revenue_amount,
        membership_date
    from segment_sums
    union all
    select
        schemes.scheme,
        segment_sums.segment_code,
        segment_sums.period_kind,
        segment_sums.customers_count,
        segment_sums.order_count,
        segment_sums.net_revenue_amount,
        segment_sums.membership_date
    from segment_sums
    inner join schemes on segment_sums.membership_date = schemes.membership_date and schemes.scheme <> 'all'
    where segment_sums.segment_code = 'entered'

),

{% for when, date in {'before': 'previous_membership_date', 'now': 'membership_date'}.items() -%}
sizes_{{ when }} as (

    select
        sizes.scheme,
        sizes.segment_code,
        sizes.period_kind,
        sizes.customers_count as customers_{{ when }}_count,
        sizes.order_count as order_{{ when }}_count,
        sizes.net_revenue_amount as net_revenue_{{ when }}_amount,
        periods.membership_date
    from sizes
    inner join periods on sizes.period_kind = periods.period_kind and sizes.membership_date = periods.{{ date }}

),

{% endfor -%}
-- Everybody together has no moves but those who are new.
movers as (

    select
        scheme,
        from_segment_code,
        to_segment_code,
        period_kind,
        customers_count,
        order_before_count,
        net_revenue_before_amount,
        order_now_count,
        net_revenue_now_amount,
        membership_date
    from segment_movers
    union all
    select
        'all' as scheme,
        'entered' as from_segment_code,
        'all' as to_segment_code,
        period_kind,
        sum(customers_count) as customers_count,
        sum(order_before_count) as order_before_count,
        sum(net_revenue_before_amount) as net_revenue_before_amount,
        sum(order_now_count) as order_now_count,
        sum(net_revenue_now_amount) as net_revenue_now_amount,
        membership_date
    from segment_movers
    where from_segment_code = 'entered' and scheme = (select min(any_movers.scheme) from segment_movers as any_movers)
    group by period_kind, membership_date

),

folded_movers as (

    select
        movers.scheme,
        coalesce(codes_from.reported_segment_code, movers.from_segment_code) as from_segment_code,
        coalesce(codes_to.reported_segment_code, movers.to_segment_code) as to_segment_code,
        movers.period_kind,
        movers.customers_count,
        movers.order_before_count,
        movers.net_revenue_before_amount,
        movers.order_now_count,
        movers.net_revenue_now_amount,
        movers.membership_date
    from movers
    {% for side in ['from', 'to'] -%}
    left join codes as codes_{{ side }}
        on
            movers.scheme = codes_{{ side }}.scheme
            and movers.{{ side }}_segment_code = codes_{{ side }}.segment_code
            and movers.period_kind = codes_{{ side }}.period_kind
            and movers.membership_date = codes_{{ side }}.membership_date
    {% endfor %}

),

both_sizes as (

    select * from sizes_before
    union all by name
    select * from sizes_now

),

folded as (

    select
        both_sizes.* exclude (segment_code), -- noqa: RF02
        coalesce(codes.reported_segment_code, both_sizes.segment_code) as segment_code
    from both_sizes
    left join codes
        on
            both_sizes.scheme = codes.scheme
            and both_sizes.segment_code = codes.segment_code
            and both_sizes.period_kind = codes.period_kind
            and both_sizes.membership_date = codes.membership_date

),

-- Who left takes along what they bought before, who joined brings what they buy now.
parts as (

    select * from folded
    union all by name
    select
        scheme,
        to_segment_code as segment_code,
        period_kind,
        case when from_segment_code <> 'entered' then customers_count end as joined_count,
        case when from_segment_code = 'entered' then customers_count end as new_count,
        order_now_count as joined_order_count,
        case when from_segment_code <> 'entered' then net_revenue_now_amount end as joined_amount,
        case when from_segment_code = 'entered' then net_revenue_now_amount end as new_amount,
        membership_date
    from folded_movers
    where from_segment_code <> to_segment_code
    union all by name
    select
        scheme,
        from_segment_code as segment_code,
        period_kind,
        customers_count as left_count,
        order_before_count as left_order_count,
        net_revenue_before_amount as left_amount,
        membership_date
    from folded_movers
    where from_segment_code <> to_segment_code and from_segment_code <> 'entered'
    union all by name
    -- Nobody becomes known twice: all of them are new, and others than before.
    select
        scheme,
        segment_code,
        period_kind,
        customers_now_count as new_count,
        customers_before_count as left_count,
        order_now_count as joined_order_count,
        order_before_count as left_order_count,
        net_revenue_now_amount as new_amount,
        net_revenue_before_amount as left_amount,
        membership_date
    from folded
    where segment_code = 'entered'

),

added as (

    select
        scheme,
        segment_code,
        period_kind,
        {% for count in [
            'customers_before', 'customers_now', 'order_before', 'order_now', 'joined', 'new', 'left', 'joined_order',
            'left_order',
        ] -%}
        cast(coalesce(sum({{ count }}_count), 0) as bigint) as {{ count }}_count,
        {% endfor -%}
        {% for amount in ['net_revenue_before', 'net_revenue_now', 'joined', 'new', 'left'] -%}
        cast(coalesce(sum({{ amount }}_amount), 0) as decimal(38, 4)) as {{ amount }}_amount,
        {% endfor -%}
        membership_date
    from parts
    group by scheme, segment_code, period_kind, membership_date

),

stayed as (

    select
        *,
        order_before_count - left_order_count as stayed_order_before_count,
        order_now_count - joined_order_count as stayed_order_now_count,
        net_revenue_before_amount - left_amount as stayed_before_amount,
        net_revenue_now_amount - joined_amount - new_amount as stayed_now_amount
    from added

),

split as (

    select
        *,
        joined_amount + new_amount - left_amount as mover_effect_amount,
        -- Where nobody who stayed ordered before, no order has a worth, and all of the change is that they order.
        case
            when stayed_order_before_count = 0 then stayed_now_amount - stayed_before_amount
            else
                cast(
                    cast(stayed_before_amount as double)
                    * (stayed_order_now_count - stayed_order_before_count)
                    / stayed_order_before_count as decimal(38, 4)
                )
        end as rate_effect_amount
    from stayed

),

growth as (

    select
        split.scheme,
        split.segment_code,
        split.period_kind,
        split.customers_before_count,
        split.customers_now_count,
        split.joined_count,
        split.new_count,
        split.left_count,
        split.net_revenue_before_amount,
        split.net_revenue_now_amount,
        split.net_revenue_now_amount - split.net_revenue_before_amount as change_amount,
        split.mover_effect_amount,
        split.rate_effect_amount,
        split.stayed_now_amount - split.stayed_before_amount - split.rate_effect_amount as mix_effect_amount,
        split.joined_amount,
        split.new_amount,
        split.left_amount,
        periods.is_newest,
        periods.period_start_date,
        periods.period_end_date,
        split.membership_date,
        periods.previous_membership_date
    from split
    inner join periods on split.period_kind = periods.period_kind and split.membership_date = periods.membership_date

)

select * from growth
