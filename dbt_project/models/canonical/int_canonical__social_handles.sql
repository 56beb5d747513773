-- One row per social handle that a source assigns to somebody; the first by name is believed where two do.
{{ config(materialized='view') }}

with social_handles as (

    {{ union_staging('social_handles', [
        {'name': 'platform', 'type': 'varchar'},
        {'name': 'author_handle', 'type': 'varchar'},
        {'name': 'customer_ref', 'type': 'varchar'},
        {'name': 'email', 'type': 'varchar'},
        {'name': 'display_name', 'type': 'varchar'},
        {'name': 'city', 'type': 'varchar'},
    ]) }}

),

normalized as (

    select
        source_name,
        platform,
        author_handle,
        customer_ref,
        {{ normalized_email('email') }} as email,
        display_name,
        city
    from social_handles

),

deduplicated as (

    select *
    from normalized
    qualify row_number() over (
        partition by platform, author_handle
        order by source_name asc, customer_ref asc nulls last, email asc nulls last
    ) = 1

)

select * from deduplicated
