-- One row per customer and as_of_date: where the customer orders. The preferred channel is the one of those they used
-- that has the greatest share of their orders, recent ones counting more, shrunken towards the company's own mix: two
-- orders by telephone are no preference yet where everybody else orders on the web.
{{ config(materialized='as_of_history') }}
{% set kinds = ['web', 'app', 'store', 'phone', 'sales_rep', 'marketplace', 'social', 'other'] %}
{% set devices = ['mobile', 'desktop', 'tablet'] %}
{% set half_life_days = var('channel_preference_half_life_days') %}
{% set prior_orders = var('channel_preference_prior_orders') %}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }} and {{ customers_of_part() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

orders as (

    select * from {{ ref('int_purchases__orders') }}
    where {{ customers_of_part() }}

),

first_uses as (

    select * from {{ ref('int_channels__customer_first_uses') }}
    where {{ customers_of_part() }}

),

-- Of all customers, whichever part is computed: a channel is launched by whoever orders in it first.
launched_channels as (

    select * from {{ ref('int_channels__customer_first_uses') }}
    where is_launch

),

base_shares as (

    select * from {{ ref('int_channels__base_shares') }}
    where {{ computed_now() }}

),

by_kind as (

    select
        orders.customer_id,
        orders.channel_kind,
        count(*) as order_count,
        count(*) filter (where {{ in_last_365d('orders.order_date') }}) as order_365d_count,
        count(*) filter (where {{ in_last_365d('orders.order_date') }} and orders.is_digital)
            as digital_order_365d_count,
        count(*) filter (where {{ in_last_365d('orders.order_date') }} and orders.is_digital is not null)
            as digital_known_order_365d_count,
        {% for device in devices -%}
        count(*) filter (where {{ in_last_365d('orders.order_date') }} and orders.device_kind = '{{ device }}')
            as {{ device }}_order_365d_count,
        {% endfor -%}
        sum({{ decayed_weight('as_of_dates.as_of_date - orders.order_date', half_life_days) }}) as order_weight,
        min(orders.order_date) as first_order_date,
        as_of_dates.as_of_date
    from orders
    inner join as_of_dates on orders.order_date <= as_of_dates.as_of_date
    group by orders.customer_id, orders.channel_kind, as_of_dates.as_of_date

),

totals as (

    select
        customer_id,
        sum(order_count) filter (where channel_kind is not null) as order_count,
        sum(order_365d_count) filter (where channel_kind is not null) as order_365d_count,
        {% for kind in kinds -%}
        sum(order_365d_count) filter (where channel_kind = '{{ kind }}') as {{ kind }}_order_365d_count,
        {% endfor -%}
        sum(digital_order_365d_count) as digital_order_365d_count,
        sum(digital_known_order_365d_count) as digital_known_order_365d_count,
        {% for device in devices -%}
        sum({{ device }}_order_365d_count) as {{ device }}_order_365d_count,
        {% endfor -%}
        count(channel_kind) as channel_count,
        count(channel_kind) filter (where order_365d_count > 0) as channel_365d_count,
        sum(order_weight) filter (where channel_kind is not null) as order_weight,
        {% for kind in kinds -%}
        min(first_order_date) filter (where channel_kind = '{{ kind }}') as first_{{ kind }}_order_date,
        {% endfor -%}
        as_of_date
    from by_kind
    group by customer_id, as_of_date

),

shares as (

    select
        by_kind.customer_id,
        by_kind.channel_kind,
        (cast(by_kind.order_weight as double) + {{ prior_orders }} * base_shares.base_share)
        / (cast(totals.order_weight as double) + {{ prior_orders }}) as shrunken_share,
        by_kind.as_of_date
    from by_kind
    inner join totals on by_kind.customer_id = totals.customer_id and by_kind.as_of_date = totals.as_of_date
    inner join base_shares
        on by_kind.channel_kind = base_shares.channel_kind and by_kind.as_of_date = base_shares.as_of_date

),

greatest_shares as (

    select
        customer_id,
        max(shrunken_share) as shrunken_share,
        as_of_date
    from shares
    group by customer_id, as_of_date

),

-- Of channels with the same share the first by name.
preferred as (

    select
        shares.customer_id,
        min(shares.channel_kind) as channel_kind,
        min(shares.shrunken_share) as shrunken_share,
        shares.as_of_date
    from shares
    inner join greatest_shares
        on
            shares.customer_id = greatest_shares.customer_id
            and shares.as_of_date = greatest_shares.as_of_date
            and shares.shrunken_share = greatest_shares.shrunken_share
    group by shares.customer_id, shares.as_of_date

),

launches as (

    select
        as_of_dates.as_of_date,
        count(distinct launched_channels.channel_code) as launch_count
    from as_of_dates
    inner join launched_channels on as_of_dates.as_of_date >= launched_channels.first_used_date
    group by as_of_dates.as_of_date

),

adopted as (

    select
        first_uses.customer_id,
        count(*) as adopted_launch_count,
        sum(first_uses.earlier_adopter_share) as earlier_adopter_shares,
        as_of_dates.as_of_date
    from first_uses
    inner join as_of_dates on first_uses.first_used_date <= as_of_dates.as_of_date
    where first_uses.is_launch
    group by first_uses.customer_id, as_of_dates.as_of_date

),

channels as (

    select
        spine.customer_id,
        preferred.channel_kind as preferred_order_channel,
        cast(coalesce(totals.order_count, 0) as bigint) as channel_order_count,
        cast(coalesce(totals.order_365d_count, 0) as bigint) as channel_order_365d_count,
        {% for kind in kinds -%}
        {{ ratio('coalesce(totals.' ~ kind ~ '_order_365d_count, 0)', 'totals.order_365d_count') }}
            as {{ kind }}_order_365d_share,
        {% endfor -%}
        {{ ratio('totals.digital_order_365d_count', 'totals.digital_known_order_365d_count') }}
            as digital_order_365d_share,
        {% set device_counts = 'totals.' ~ devices | join('_order_365d_count + totals.') ~ '_order_365d_count' -%}
        {% for device in devices -%}
        {{ ratio('totals.' ~ device ~ '_order_365d_count', '(' ~ device_counts ~ ')') }}
            as {{ device }}_order_365d_share,
        {% endfor -%}
        coalesce(totals.channel_count, 0) as channel_count,
        coalesce(totals.channel_365d_count, 0) as channel_365d_count,
        preferred.shrunken_share as preferred_order_channel_share,
        coalesce(launches.launch_count, 0) as channel_launch_count,
        coalesce(adopted.adopted_launch_count, 0) as adopted_channel_launch_count,
        {{ ratio('adopted.earlier_adopter_shares', 'adopted.adopted_launch_count') }} as adoption_position_share,
        {% for kind in kinds -%}
        totals.first_{{ kind }}_order_date,
        {% endfor -%}
        spine.as_of_date
    from spine
    left join totals on spine.customer_id = totals.customer_id and spine.as_of_date = totals.as_of_date
    left join preferred on spine.customer_id = preferred.customer_id and spine.as_of_date = preferred.as_of_date
    left join adopted on spine.customer_id = adopted.customer_id and spine.as_of_date = adopted.as_of_date
    left join launches on spine.as_of_date = launches.as_of_date

)

select * from channels
