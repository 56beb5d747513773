-- One row per customer record of any export in the generic shape.
{{ config(enabled=source_is_on('crm', 'customers')) }}

with customers as (

    {{ latest_rows(source('crm', 'customers'), ['customer_ref']) }}

),

renamed as (

    select
        customer_ref,
        account_type,
        gender,
        income_band,
        marital_status,
        country,
        region,
        household_size,
        children_count,
        birth_date,
        created_at
    from customers

)

select * from renamed
