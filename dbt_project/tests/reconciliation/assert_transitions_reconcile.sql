-- Everybody who arrives is assigned, everybody who leaves was: the to-sides of a date's transitions equal its
-- assignments, the from-sides those of the evaluated date before. Each side adds what the other takes away, so that one
-- pass over the assignments answers both.
with assignments as (

    select
        scheme,
        segment_code,
        count(*) as customers_count,
        as_of_date
    from {{ ref('int_segmentations__assignments') }}
    group by scheme, segment_code, as_of_date

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

transitions as (

    select * from {{ ref('segment_transitions') }}

),

sides as (

    select
        'to' as side,
        transitions.scheme,
        transitions.to_segment_code as segment_code,
        transitions.customers_count as transitions_count,
        0 as assignments_count,
        transitions.as_of_date
    from transitions
    union all
    select
        'to' as side,
        assignments.scheme,
        assignments.segment_code,
        0 as transitions_count,
        assignments.customers_count as assignments_count,
        assignments.as_of_date
    from assignments
    inner join as_of_dates on assignments.as_of_date = as_of_dates.as_of_date
    where as_of_dates.previous_as_of_date is not null
    union all
    select
        'from' as side,
        transitions.scheme,
        transitions.from_segment_code as segment_code,
        transitions.customers_count as transitions_count,
        0 as assignments_count,
        transitions.as_of_date
    from transitions
    where transitions.from_segment_code <> 'entered'
    union all
    select
        'from' as side,
        assignments.scheme,
        assignments.segment_code,
        0 as transitions_count,
        assignments.customers_count as assignments_count,
        as_of_dates.as_of_date
    from assignments
    inner join as_of_dates on assignments.as_of_date = as_of_dates.previous_as_of_date

),

different as (

    select
        side,
        scheme,
        segment_code,
        sum(transitions_count) as transitions_count,
        sum(assignments_count) as assignments_count,
        as_of_date
    from sides
    group by side, scheme, segment_code, as_of_date
    having sum(transitions_count) <> sum(assignments_count)

)

select * from different
