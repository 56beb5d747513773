-- One row per scheme, segment and evaluated date: under which code the segment may be shown. Segments under the privacy
-- limit are folded into "other"; when they are too few even together, the next smallest segment is folded in as well,
-- so that no small group can be worked out from the total.
with sizes as (

    select * from {{ ref('int_segmentations__sizes') }}

),

smaller as (

    select
        *,
        coalesce(
            sum(customers_count) over (
                partition by scheme, as_of_date
                order by customers_count asc, segment_code asc
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as smaller_customers_count
    from sizes

),

folds as (

    select
        scheme,
        segment_code,
        case
            when
                customers_count < {{ var('minimum_cell_customers') }}
                or smaller_customers_count between 1 and {{ var('minimum_cell_customers') - 1 }}
                then 'other'
            else segment_code
        end as reported_segment_code,
        customers_count,
        as_of_date
    from smaller

)

select * from folds
