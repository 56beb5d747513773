-- One row per scheme, segment and period with one before to compare with: how much more the segment sold, and how
-- much of that is members who came and went, members who stayed and ordered more or less often, and what they put
-- into an order. The three add up to the change. Where fewer customers came and went than the privacy limit, the
-- split is not told.
{% set minimum = var('minimum_cell_customers') %}

with growth as (

    select * from {{ ref('int_kpis__growth') }}

),

segment_catalog as (

    select * from {{ ref('int_segmentations__catalog') }}

),

told as (

    select
        *,
        customers_before_count not between 1 and {{ minimum - 1 }}
        and customers_now_count not between 1 and {{ minimum - 1 }} as is_shown,
        joined_count + new_count + left_count not between 1 and {{ minimum - 1 }} as is_split_shown,
        joined_count not between 1 and {{ minimum - 1 }}
        and new_count not between 1 and {{ minimum - 1 }}
        and left_count not between 1 and {{ minimum - 1 }} as are_movers_shown
    from growth

),

named as (

    select
        told.scheme,
        told.segment_code,
        {{ kpi_segment_name('told') }} as segment_name,
        told.period_kind,
        {{ period_name('told') }} as period_name,
        told.customers_before_count,
        told.customers_now_count,
        told.joined_count,
        told.new_count,
        told.left_count,
        {% for amount in ['net_revenue_before', 'net_revenue_now', 'change'] -%}
        cast(case when told.is_shown then told.{{ amount }}_amount end as decimal(18, 4)) as {{ amount }}_amount,
        {% endfor -%}
        {% for effect in ['mover', 'rate', 'mix'] -%}
        cast(
            case when told.is_shown and told.is_split_shown then told.{{ effect }}_effect_amount end as decimal(18, 4)
        ) as {{ effect }}_effect_amount,
        {% endfor -%}
        {% for amount in ['joined', 'new', 'left'] -%}
        cast(
            case
                when told.is_shown and told.is_split_shown and told.are_movers_shown then told.{{ amount }}_amount
            end as decimal(18, 4)
        ) as {{ amount }}_amount,
        {% endfor -%}
        case
            when told.is_shown and told.net_revenue_before_amount > 0
                then {{ ratio('told.change_amount', 'told.net_revenue_before_amount') }}
        end as net_revenue_growth_share,
        told.is_newest,
        told.previous_membership_date,
        told.membership_date,
        told.period_start_date,
        told.period_end_date
    from told
    left join segment_catalog
        on told.scheme = segment_catalog.scheme and told.segment_code = segment_catalog.segment_code

)

select * from named
