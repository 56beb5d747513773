-- A customer is in one segment of a scheme at a time and always in one: each stay ends where the next begins, ends
-- after it began, and is followed by a different segment.
with memberships as (

    select
        customer_id,
        scheme,
        segment_code,
        valid_from,
        valid_to,
        lead(valid_from) over stays as next_valid_from,
        lead(segment_code) over stays as next_segment_code
    from {{ ref('segment_memberships') }}
    window stays as (
        partition by customer_id, scheme
        order by valid_from asc, valid_to asc nulls last
    )

),

broken as (

    select *
    from memberships
    where
        valid_to is distinct from next_valid_from
        or valid_to <= valid_from
        or segment_code = next_segment_code

)

select * from broken
