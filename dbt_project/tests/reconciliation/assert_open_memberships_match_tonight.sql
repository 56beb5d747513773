-- Tonight's segments can be read from the open stays alone: per scheme and segment the same customers as tonight's
-- assignments, hence exactly one open stay per customer and scheme.
with open_memberships as (

    select
        scheme,
        segment_code,
        count(*) as open_count,
        sum(hash(customer_id)) as open_keys
    from {{ ref('segment_memberships') }}
    where valid_to is null
    group by scheme, segment_code

),

assignments as (

    select
        scheme,
        segment_code,
        count(*) as assigned_count,
        sum(hash(customer_id)) as assigned_keys
    from {{ ref('int_segmentations__assignments') }}
    where as_of_date = {{ tonight() }}
    group by scheme, segment_code

),

different as (

    select
        coalesce(open_memberships.scheme, assignments.scheme) as scheme,
        coalesce(open_memberships.segment_code, assignments.segment_code) as segment_code,
        open_memberships.open_count,
        assignments.assigned_count
    from open_memberships
    full join assignments
        on open_memberships.scheme = assignments.scheme and open_memberships.segment_code = assignments.segment_code
    where
        open_memberships.open_count is distinct from assignments.assigned_count
        or open_memberships.open_keys is distinct from assignments.assigned_keys

)

select * from different
