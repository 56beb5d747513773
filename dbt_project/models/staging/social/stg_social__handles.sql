-- One row per account on a platform of any export in the generic shape. The newest row counts where an account is
-- written in several ways (@Ann, ann).
{{ config(enabled=source_is_on('social', 'handles')) }}

with handles as (

    select * from {{ source('social', 'handles') }}

),

renamed as (

    select
        {{ social_platform('platform') }} as platform,
        {{ social_handle('author_handle') }} as author_handle,
        customer_ref,
        email,
        display_name,
        city,
        _batch_sequence,
        _row_number
    from handles

),

latest as (

    {{ latest_rows('renamed', ['platform', 'author_handle']) }}

),

final as (

    select
        platform,
        author_handle,
        customer_ref,
        email,
        display_name,
        city
    from latest

)

select * from final
