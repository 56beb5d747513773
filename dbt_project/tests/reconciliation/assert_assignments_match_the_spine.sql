-- Every scheme gives every customer known on a date exactly one segment of its catalogue: as many assignments as
-- customers, the same customers, none twice. Keys are compared by the sum of their hashes, one pass for all schemes.
-- A scheme that is switched on but assigns nobody shows up with a null found_count.
{% set quoted_schemes = "'" ~ built_schemes() | join("', '") ~ "'" %}

with spine as (

    select
        count(*) as expected_count,
        sum(hash(customer_id)) as expected_keys,
        as_of_date
    from {{ ref('int_customers__as_of') }}
    group by as_of_date

),

schemes as (

    select unnest([{{ quoted_schemes }}]) as scheme

),

segments as (

    select
        scheme,
        segment_code,
        count(*) as customers_count,
        sum(hash(customer_id)) as customer_keys,
        as_of_date
    from {{ ref('int_segmentations__assignments') }}
    group by scheme, segment_code, as_of_date

),

segment_catalog as (

    select * from {{ ref('int_segmentations__catalog') }}

),

expected as (

    select
        schemes.scheme,
        spine.expected_count,
        spine.expected_keys,
        spine.as_of_date
    from spine
    cross join schemes

),

found as (

    select
        scheme,
        sum(customers_count) as found_count,
        sum(customer_keys) as found_keys,
        as_of_date
    from segments
    group by scheme, as_of_date

),

problems as (

    select
        coalesce(expected.scheme, found.scheme) as scheme,
        'not every customer exactly once' as problem,
        cast(null as varchar) as segment_code,
        expected.expected_count,
        found.found_count,
        coalesce(expected.as_of_date, found.as_of_date) as as_of_date
    from expected
    full join found on expected.scheme = found.scheme and expected.as_of_date = found.as_of_date
    where
        expected.expected_count is distinct from found.found_count
        or expected.expected_keys is distinct from found.found_keys
    union all
    select
        segments.scheme,
        'segment is not in the catalogue' as problem,
        segments.segment_code,
        0 as expected_count,
        segments.customers_count as found_count,
        segments.as_of_date
    from segments
    left join segment_catalog
        on segments.scheme = segment_catalog.scheme and segments.segment_code = segment_catalog.segment_code
    where segment_catalog.segment_code is null

)

select * from problems
