-- One row per scheme and segment of tonight, numbered, with the code under which the segment may be shown.
with folds as (

    select * from {{ ref('int_segmentations__folds') }}
    where as_of_date = {{ tonight() }}

),

numbered as (

    select
        scheme,
        segment_code,
        reported_segment_code,
        cast(row_number() over (partition by scheme order by segment_code asc) as usmallint) as segment_number,
        as_of_date
    from folds

)

select * from numbered
