-- One row per scheme, pair of segments and evaluated date: how many customers went from one to the other since the
-- evaluated date before, those who stayed and those who had just become known ("entered") included, so that the sums
-- equal the memberships. A move is the boundary's when the customer, measured with the boundaries in force before,
-- would not have moved.
with steps as (

    select * from {{ ref('int_segmentations__steps') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

moves as (

    select
        steps.scheme,
        coalesce(steps.from_segment_code, 'entered') as from_segment_code,
        steps.to_segment_code,
        coalesce(steps.to_segment_code <> steps.from_segment_code, false) as has_moved,
        coalesce(steps.segment_code_on_previous_boundaries = steps.from_segment_code, false) as would_have_stayed,
        as_of_dates.previous_as_of_date,
        steps.as_of_date
    from steps
    inner join as_of_dates on steps.as_of_date = as_of_dates.as_of_date
    where as_of_dates.previous_as_of_date is not null

),

transitions as (

    select
        scheme,
        from_segment_code,
        to_segment_code,
        count(*) as customers_count,
        count(*) filter (where has_moved and not would_have_stayed) as customer_changed_count,
        count(*) filter (where has_moved and would_have_stayed) as boundary_moved_count,
        previous_as_of_date,
        as_of_date
    from moves
    group by scheme, from_segment_code, to_segment_code, previous_as_of_date, as_of_date

)

select * from transitions
