-- One row per event whose record says more of a person than reference, e-mail address and phone number: who it was,
-- as the source wrote it at that time.
{{ config(materialized='view') }}

with contact_details as (

    {{ union_staging('contact_details', [
        {'name': 'contact_ref', 'type': 'varchar'},
        {'name': 'customer_ref', 'type': 'varchar'},
        {'name': 'email', 'type': 'varchar'},
        {'name': 'phone', 'type': 'varchar'},
        {'name': 'first_name', 'type': 'varchar'},
        {'name': 'last_name', 'type': 'varchar'},
        {'name': 'company_name', 'type': 'varchar'},
        {'name': 'street', 'type': 'varchar'},
        {'name': 'postal_code', 'type': 'varchar'},
        {'name': 'city', 'type': 'varchar'},
        {'name': 'country', 'type': 'varchar'},
        {'name': 'loyalty_number', 'type': 'varchar'},
        {'name': 'birth_date', 'type': 'date'},
        {'name': 'seen_at', 'type': 'timestamptz'},
    ]) }}

),

normalized as (

    select
        source_name,
        contact_ref,
        customer_ref,
        {{ normalized_email('email') }} as email,
        {{ normalized_phone('phone') }} as phone,
        first_name,
        last_name,
        company_name,
        street,
        postal_code,
        city,
        country,
        loyalty_number,
        birth_date,
        seen_at
    from contact_details

)

select * from normalized
