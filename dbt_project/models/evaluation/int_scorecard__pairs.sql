-- One row per pair of schemes: how much more their cross explains than the best single scheme, on the newest date that
-- schemes are judged on, and whether its cells are large enough to be segments.
with pair_sums as (

    select * from {{ ref('int_scorecard__pair_sums') }}

),

pair_shares as (

    select * from {{ ref('int_scorecard__pair_shares') }}

),

shares as (

    select * from {{ ref('int_scorecard__shares') }}

),

-- Whoever is unknown or meant by neither scheme is no segment, and may be few.
cells as (

    select
        scheme,
        first_scheme,
        second_scheme,
        segment_code,
        {{ is_placed('segment_code') }} as is_placed,
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
        count(*) filter (where is_placed) as cells_count,
        cast(min(customers_count) filter (where is_placed) as bigint) as smallest_cell_customers_count,
        cast(sum(customers_count) as bigint) as customers_count,
        as_of_date
    from cells
    group by scheme, first_scheme, second_scheme, as_of_date

),

-- Which single scheme is best is decided once, and not again with every group that is left out. The scheme combined is
-- no single one.
best as (

    select
        scheme as best_scheme,
        as_of_date
    from shares
    where left_out_group = -1 and explained_spend_share is not null and scheme <> 'combined'
    qualify row_number() over (partition by as_of_date order by explained_spend_share desc, scheme asc) = 1

),

compared as (

    select
        sizes.*,
        best.best_scheme
    from sizes
    inner join best on sizes.as_of_date = best.as_of_date

),

gains as (

    select
        compared.scheme,
        pair_shares.left_out_group,
        pair_shares.explained_spend_share,
        pair_shares.explained_spend_share - shares.explained_spend_share as gain_share
    from compared
    inner join pair_shares on compared.scheme = pair_shares.scheme and compared.as_of_date = pair_shares.as_of_date
    inner join shares
        on
            compared.best_scheme = shares.scheme
            and pair_shares.left_out_group = shares.left_out_group
            and compared.as_of_date = shares.as_of_date

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
        compared.first_scheme,
        compared.second_scheme,
        compared.best_scheme,
        gained.explained_spend_share,
        gained.gain_share,
        gained.gain_share - gained.half_width as gain_share_lower,
        gained.gain_share + gained.half_width as gain_share_upper,
        compared.cells_count,
        compared.smallest_cell_customers_count,
        compared.customers_count,
        coalesce(
            compared.cells_count <= 60
            and compared.smallest_cell_customers_count >= greatest(100, 0.01 * compared.customers_count),
            false
        ) as is_large_enough,
        compared.as_of_date
    from compared
    inner join gained on compared.scheme = gained.scheme

)

select * from pairs
