-- One row per response that somebody gave: the contact that it was asked of, which an anonymous link does not tell.
{{ config(enabled=source_is_on('qualtrics', 'responses')) }}

with responses as (

    {{ qualtrics_responses(source('qualtrics', 'responses')) }}

),

renamed as (

    select
        'qualtrics:' || response_id as contact_ref,
        external_reference as customer_ref,
        recipient_email as email,
        recipient_first_name as first_name,
        recipient_last_name as last_name,
        end_date as seen_at
    from responses

)

select * from renamed
