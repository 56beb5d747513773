-- The map covers all 25 cells of recency and frequency once each, with segments that the catalogue names.
with rfm_map as (

    select * from {{ ref('rfm_map') }}

),

segment_catalog as (

    select * from {{ ref('segment_catalog') }}
    where scheme = 'rfm'

),

cells as (

    select
        recency.score as recency_score,
        frequency.score as frequency_score
    from range(1, 6) as recency (score)
    cross join range(1, 6) as frequency (score)

),

problems as (

    select
        coalesce(cells.recency_score, rfm_map.recency_score) as recency_score,
        coalesce(cells.frequency_score, rfm_map.frequency_score) as frequency_score,
        count(rfm_map.segment_code) as times_mapped_count,
        count(segment_catalog.segment_code) as times_named_count
    from cells
    full join rfm_map
        on cells.recency_score = rfm_map.recency_score and cells.frequency_score = rfm_map.frequency_score
    left join segment_catalog on rfm_map.segment_code = segment_catalog.segment_code
    group by 1, 2
    having
        count(cells.recency_score) <> 1
        or count(rfm_map.segment_code) <> 1
        or count(segment_catalog.segment_code) <> 1

)

select * from problems
