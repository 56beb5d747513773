-- One row per household that answered. Household size and children are top-coded at the source: 5 means five or
-- more, 3 means three or more.
{{ config(enabled=source_is_on('completejourney', 'demographics')) }}

with demographics as (

    {{ latest_rows(source('completejourney', 'demographics'), ['household_id']) }}

),

renamed as (

    select
        cast(household_id as varchar) as customer_ref,
        'consumer' as account_type,
        age as declared_age_band,
        income as income_band,
        marital_status,
        cast(replace(household_size, '+', '') as integer) as household_size,
        cast(replace(kids_count, '+', '') as integer) as children_count
    from demographics

)

select * from renamed
