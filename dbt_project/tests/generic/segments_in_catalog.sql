{#- Every segment that a scheme assigns is in the catalogue, so that it has a name, an order and an owner. -#}
{% test segments_in_catalog(model) %}

with assigned as (

    select
        scheme,
        segment_code,
        count(*) as assignments_count
    from {{ model }}
    group by scheme, segment_code

),

segment_catalog as (

    select * from {{ ref('int_segmentations__catalog') }}

),

unnamed as (

    select
        assigned.scheme,
        assigned.segment_code,
        assigned.assignments_count
    from assigned
    left join segment_catalog
        on assigned.scheme = segment_catalog.scheme and assigned.segment_code = segment_catalog.segment_code
    where segment_catalog.segment_code is null

)

select * from unnamed

{% endtest %}
