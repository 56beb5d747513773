-- One row per pair of schemes: how much more their cross explains than the better one of them alone, on the newest date
-- that schemes are judged on, and whether its cells are large enough to be segments. A cross earns its place when it is
-- large enough and the interval of its gain lies above 0.
with pair_sums as (

    select * from {{ ref('int_scorecard__pair_sums') }}

),

pair_shares as (

    select * from {{ ref('int_scorecard__pair_shares') }}

),

shares as (

    select * from {{ ref('int_scorecard__shares') }}

),

cells as (

    select
        scheme,
        first_scheme,
        second_scheme,
        segment_code,
        sum(customers_count) as customers_count,
        as_of_date
    from pair_sums
    group by scheme, first_scheme, second_scheme, segment_code, as_of_date
    -- The other date is the one that was learned from.
    qualify as_of_date = max(as_of_date) over ()

),

sizes as (

    select
        scheme,
        first_scheme,
        second_scheme,
        count(*) as cells_count,
        cast(min(customers_count) as bigint) as smallest_cell_customers_count,
        cast(sum(customers_count) as bigint) as customers_count,
        as_of_date
    from cells
    group by scheme, first_scheme, second_scheme, as_of_date

),

of_all as (

    select *
    from shares
    where left_out_group = -1

),

-- Which of the two is better is decided once, and not again with every group that is left out.
better as (

    select
        sizes.*,
        case
            when second_of_all.explained_spend_share > first_of_all.explained_spend_share then sizes.second_scheme
            else sizes.first_scheme
        end as better_scheme
    from sizes
    inner join of_all as first_of_all
        on sizes.first_scheme = first_of_all.scheme and sizes.as_of_date = first_of_all.as_of_date
    inner join of_all as second_of_all
        on sizes.second_scheme = second_of_all.scheme and sizes.as_of_date = second_of_all.as_of_date

),

gains as (

    select
        better.scheme,
        pair_shares.left_out_group,
        pair_shares.explained_spend_share,
        pair_shares.explained_spend_share - shares.explained_spend_share as gain_share
    from better
    inner join pair_shares on better.scheme = pair_shares.scheme and better.as_of_date = pair_shares.as_of_date
    inner join shares
        on
            better.better_scheme = shares.scheme
            and pair_shares.left_out_group = shares.left_out_group
            and better.as_of_date = shares.as_of_date

),

gained as (

    select
        scheme,
        any_value(explained_spend_share) filter (where left_out_group = -1) as explained_spend_share,
        any_value(gain_share) filter (where left_out_group = -1) as gain_share,
        {{ jackknife_half_width('list(gain_share order by left_out_group asc) filter (where left_out_group >= 0)') }}
            as half_width
    from gains
    group by scheme

),

pairs as (

    select
        better.first_scheme,
        better.second_scheme,
        better.better_scheme,
        gained.explained_spend_share,
        gained.gain_share,
        gained.gain_share - gained.half_width as gain_share_lower,
        gained.gain_share + gained.half_width as gain_share_upper,
        better.cells_count,
        better.smallest_cell_customers_count,
        better.customers_count,
        better.cells_count <= 60
        and better.smallest_cell_customers_count >= greatest(100, 0.01 * better.customers_count)
            as is_large_enough,
        better.as_of_date
    from better
    inner join gained on better.scheme = gained.scheme

)

select * from pairs
