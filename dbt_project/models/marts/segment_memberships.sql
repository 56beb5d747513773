-- One row per customer, scheme and unbroken stay in one segment. valid_from is the first evaluated date of the stay,
-- valid_to the first evaluated date of the next one (exclusive; null while the stay lasts). History therefore grows
-- with moves, not with nights. Score, confidence and reasons are tonight's for stays that last, those of the first day
-- for the others.
with moves as (

    select * from {{ ref('int_segmentations__moves') }}

),

assignments as (

    select * from {{ ref('int_segmentations__assignments') }}
    where as_of_date = {{ tonight() }}

),

segment_catalog as (

    select * from {{ ref('int_segmentations__catalog') }}

),

stays as (

    select
        customer_id,
        scheme,
        to_segment_code as segment_code,
        score,
        confidence,
        as_of_date as valid_from,
        lead(as_of_date) over (
            partition by customer_id, scheme
            order by as_of_date asc
        ) as valid_to
    from moves

),

memberships as (

    select
        stays.customer_id,
        stays.scheme,
        stays.segment_code,
        segment_catalog.segment_name,
        case when stays.valid_to is null then assignments.score else stays.score end as score,
        case when stays.valid_to is null then assignments.confidence else stays.confidence end as confidence,
        stays.valid_to is null as is_current,
        stays.valid_from,
        stays.valid_to,
        case when stays.valid_to is null then assignments.reasons end as reasons
    from stays
    left join assignments on stays.customer_id = assignments.customer_id and stays.scheme = assignments.scheme
    left join segment_catalog
        on stays.scheme = segment_catalog.scheme and stays.segment_code = segment_catalog.segment_code

)

select * from memberships
