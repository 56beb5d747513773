-- One row per engagement and contact it is linked to, as a meeting with three contacts is one for each of them; one row
-- without a customer where it is linked to none. What never took place is out: deleted records, e-mails that were not
-- sent, meetings that were called off and tasks that are not done.
{{ config(enabled=source_is_on('hubspot', 'engagements')) }}

with engagements as (

    {{ latest_rows(source('hubspot', 'engagements'), ['id'], version='updated_at') }}

),

typed as (

    select
        id,
        upper(engagement_type) as engagement_type,
        upper(engagement_type) in ('EMAIL', 'INCOMING_EMAIL', 'FORWARDED_EMAIL') as is_email,
        upper(coalesce(email_direction, engagement_type)) = 'EMAIL' as is_outgoing_email,
        email_from,
        email_to,
        coalesce(email_subject, call_title, meeting_title, task_subject) as subject,
        -- A contact comes once for each label of the link.
        list_sort(list_distinct(json_extract_string(contact_associations, '$[*].id'))) as contact_ids,
        occurred_at
    from engagements
    where
        not archived
        and coalesce(email_status, 'SENT') not in ('BOUNCED', 'FAILED', 'SCHEDULED', 'SENDING')
        and coalesce(meeting_outcome, 'COMPLETED') not in ('CANCELED', 'NO_SHOW', 'RESCHEDULED')
        and coalesce(task_status, 'COMPLETED') = 'COMPLETED'

),

per_contact as (

    select
        *,
        unnest(case when len(contact_ids) > 0 then contact_ids else [null] end) as contact_id
    from typed

),

renamed as (

    select
        concat_ws('-', id, contact_id) as interaction_id,
        'hubspot:' || contact_id as customer_ref,
        -- Only where no contact is linked and the address can be nobody else's.
        case
            when contact_id is not null or not is_email then null
            when not is_outgoing_email then email_from
            when not contains(email_to, ';') then email_to
        end as email,
        case
            when is_email then 'email'
            when engagement_type = 'CALL' then 'phone'
            when engagement_type = 'MEETING' then 'meeting'
        end as channel,
        case
            when is_email and is_outgoing_email then 'email_sent'
            -- What is forwarded to the CRM is a customer's message.
            when is_email then 'email_reply'
            else lower(engagement_type)
        end as kind,
        subject,
        occurred_at
    from per_contact

)

select * from renamed
