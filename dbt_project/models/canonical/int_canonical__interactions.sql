-- One row per interaction of all connected CRM sources, dated in the company's time zone.
{{ config(materialized='view') }}

with interactions as (

    {{ union_staging('interactions', [
        {'name': 'interaction_id', 'type': 'varchar'},
        {'name': 'customer_ref', 'type': 'varchar'},
        {'name': 'email', 'type': 'varchar'},
        {'name': 'phone', 'type': 'varchar'},
        {'name': 'channel', 'type': 'varchar'},
        {'name': 'kind', 'type': 'varchar'},
        {'name': 'subject', 'type': 'varchar'},
        {'name': 'is_machine_generated', 'type': 'boolean'},
        {'name': 'occurred_at', 'type': 'timestamptz'},
    ]) }}

),

dated as (

    select
        source_name,
        interaction_id,
        customer_ref,
        {{ normalized_email('email') }} as email,
        {{ normalized_phone('phone') }} as phone,
        channel,
        kind,
        subject,
        coalesce(is_machine_generated, false) as is_machine_generated,
        cast(occurred_at as date) as occurred_date,
        occurred_at
    from interactions

)

select * from dated
