-- One row per scheme, pair of segments and evaluated date: how many customers went from one to the other since the
-- evaluated date before, those who stayed and those who had just become known ("entered") included, so that the sums
-- equal the memberships. A move is the boundary's when the customer, measured with the boundaries in force before,
-- would not have moved.
with moves as (

    select * from {{ ref('int_segmentations__moves') }}

),

sizes as (

    select * from {{ ref('int_segmentations__sizes') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where previous_as_of_date is not null

),

moved as (

    select
        scheme,
        coalesce(from_segment_code, 'entered') as from_segment_code,
        to_segment_code,
        count(*) as customers_count,
        count(*) filter (where from_segment_code is not null) as moved_count,
        count(*) filter (where from_segment_code = segment_code_on_previous_boundaries) as boundary_moved_count,
        as_of_date
    from moves
    group by scheme, from_segment_code, to_segment_code, as_of_date

),

arrived as (

    select
        scheme,
        to_segment_code,
        sum(customers_count) as customers_count,
        as_of_date
    from moved
    group by scheme, to_segment_code, as_of_date

),

-- Who is in a segment and did not come into it was there before.
stayed as (

    select
        sizes.scheme,
        sizes.segment_code as from_segment_code,
        sizes.segment_code as to_segment_code,
        cast(sizes.customers_count - coalesce(arrived.customers_count, 0) as bigint) as customers_count,
        0 as customer_changed_count,
        0 as boundary_moved_count,
        sizes.as_of_date
    from sizes
    left join arrived
        on
            sizes.scheme = arrived.scheme
            and sizes.segment_code = arrived.to_segment_code
            and sizes.as_of_date = arrived.as_of_date
    where sizes.customers_count > coalesce(arrived.customers_count, 0)

),

counted as (

    select
        scheme,
        from_segment_code,
        to_segment_code,
        customers_count,
        moved_count - boundary_moved_count as customer_changed_count,
        boundary_moved_count,
        as_of_date
    from moved
    union all
    select * from stayed

),

transitions as (

    select
        counted.scheme,
        counted.from_segment_code,
        counted.to_segment_code,
        counted.customers_count,
        counted.customer_changed_count,
        counted.boundary_moved_count,
        as_of_dates.previous_as_of_date,
        counted.as_of_date
    from counted
    inner join as_of_dates on counted.as_of_date = as_of_dates.as_of_date

)

select * from transitions
