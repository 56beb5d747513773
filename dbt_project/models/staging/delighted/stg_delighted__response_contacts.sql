-- One row per response: the person that Delighted asked.
{{ config(enabled=source_is_on('delighted', 'responses')) }}

with responses as (

    {{ latest_rows(source('delighted', 'responses'), ['id'], version='updated_at') }}

),

renamed as (

    select
        'delighted:' || id as contact_ref,
        {{ delighted_customer_ref('person_properties') }} as customer_ref,
        person_email as email,
        person_phone_number as phone,
        {{ given_name_of('person_name') }} as first_name,
        {{ family_name_of('person_name') }} as last_name,
        to_timestamp(created_at) as seen_at
    from responses

)

select * from renamed
