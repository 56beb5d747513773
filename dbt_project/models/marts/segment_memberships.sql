-- One row per customer, scheme and unbroken stay in one segment. valid_from is the first evaluated date of the stay,
-- valid_to the first evaluated date of the next one (exclusive; null while the stay lasts). History therefore grows
-- with moves, not with nights.
with assignments as (

    select * from {{ ref('int_segmentations__assignments') }}

),

segment_catalog as (

    select * from {{ ref('int_segmentations__catalog') }}

),

starts as (

    select
        *,
        coalesce(
            segment_code <> lag(segment_code) over (
                partition by customer_id, scheme
                order by as_of_date asc
            ),
            true
        ) as is_start
    from assignments

),

numbered as (

    select
        *,
        count(*) filter (where is_start) over (
            partition by customer_id, scheme
            order by as_of_date asc
            rows between unbounded preceding and current row
        ) as stay_number
    from starts

),

stays as (

    select
        customer_id,
        scheme,
        segment_code,
        stay_number,
        arg_max_null(score, as_of_date) as score,
        arg_max_null(confidence, as_of_date) as confidence,
        any_value(reasons) as reasons,
        min(as_of_date) as valid_from
    from numbered
    group by customer_id, scheme, segment_code, stay_number

),

dated as (

    select
        customer_id,
        scheme,
        segment_code,
        score,
        confidence,
        reasons,
        valid_from,
        lead(valid_from) over (
            partition by customer_id, scheme
            order by stay_number asc
        ) as valid_to
    from stays

),

memberships as (

    select
        dated.customer_id,
        dated.scheme,
        dated.segment_code,
        segment_catalog.segment_name,
        dated.score,
        dated.confidence,
        dated.valid_to is null as is_current,
        dated.valid_from,
        dated.valid_to,
        dated.reasons
    from dated
    left join segment_catalog
        on dated.scheme = segment_catalog.scheme and dated.segment_code = segment_catalog.segment_code

)

select * from memberships
