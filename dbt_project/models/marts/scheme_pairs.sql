-- One row per pair of schemes that was judged on the newest date that schemes are judged on: what their cross explains
-- more than the best single scheme, whether it has earned its place, and whether the scheme combined is made of it from
-- the next night on. Once made of a pair it stays so while the cells are large enough and the gain is above 0, until
-- another pair that has earned its place is better by an interval above 0: two that are as good would else take turns.
{% set pair = var('combined_pair') %}
{% set own_pair = "'" ~ pair | sort | join(' * ') ~ "'" %}

with pairs as (

    select
        *,
        first_scheme || ' * ' || second_scheme as scheme,
        scheme = {{ own_pair }} as is_combined,
        is_large_enough and coalesce(gain_share_lower > 0, false) as has_earned_its_place
    from {{ ref('int_scorecard__pairs') }}

),

pair_shares as (

    select * from {{ ref('int_scorecard__pair_shares') }}

),

segmentation_schemes as (

    select * from {{ ref('segmentation_schemes') }}

),

combined_shares as (

    select
        left_out_group,
        explained_spend_share,
        as_of_date
    from pair_shares
    where scheme = {{ own_pair }}

),

gains as (

    select
        pair_shares.scheme,
        pair_shares.left_out_group,
        pair_shares.explained_spend_share - combined_shares.explained_spend_share as gain_share
    from pair_shares
    inner join combined_shares
        on
            pair_shares.left_out_group = combined_shares.left_out_group
            and pair_shares.as_of_date = combined_shares.as_of_date

),

over_combined as (

    select
        scheme,
        any_value(gain_share) filter (where left_out_group = -1) as gain_share,
        {{ jackknife_half_width('list(gain_share order by left_out_group asc) filter (where left_out_group >= 0)') }}
            as half_width
    from gains
    group by scheme

),

compared as (

    select
        pairs.*,
        row_number() over (
            order by pairs.gain_share_lower desc nulls last, pairs.first_scheme asc, pairs.second_scheme asc
        ) as gain_rank,
        over_combined.gain_share as gain_over_combined_share,
        over_combined.gain_share - over_combined.half_width as gain_over_combined_share_lower,
        coalesce(
            bool_or(pairs.is_combined and pairs.is_large_enough and pairs.gain_share > 0) over (), false
        ) as does_combined_hold
    from pairs
    left join over_combined on pairs.scheme = over_combined.scheme

),

eligible as (

    select
        *,
        case
            when not does_combined_hold then has_earned_its_place
            when is_combined then true
            else has_earned_its_place and coalesce(gain_over_combined_share_lower > 0, false)
        end as is_eligible
    from compared

),

scheme_pairs as (

    select
        eligible.first_scheme,
        eligible.second_scheme,
        first_names.scheme_name as first_scheme_name,
        second_names.scheme_name as second_scheme_name,
        eligible.best_scheme,
        best_names.scheme_name as best_scheme_name,
        eligible.gain_rank,
        eligible.explained_spend_share,
        eligible.gain_share,
        eligible.gain_share_lower,
        eligible.gain_share_upper,
        eligible.gain_over_combined_share,
        eligible.gain_over_combined_share_lower,
        eligible.cells_count,
        eligible.smallest_cell_customers_count,
        eligible.customers_count,
        eligible.is_large_enough,
        eligible.has_earned_its_place,
        eligible.is_combined,
        -- The one that holds comes last of those that may follow: whatever else is eligible is better.
        eligible.is_eligible
        and row_number() over (
            order by eligible.is_eligible desc, eligible.is_combined asc, eligible.gain_rank asc
        ) = 1 as is_chosen,
        eligible.as_of_date
    from eligible
    inner join segmentation_schemes as first_names on eligible.first_scheme = first_names.scheme
    inner join segmentation_schemes as second_names on eligible.second_scheme = second_names.scheme
    inner join segmentation_schemes as best_names on eligible.best_scheme = best_names.scheme

)

select * from scheme_pairs
