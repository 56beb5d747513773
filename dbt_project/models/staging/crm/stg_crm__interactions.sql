-- One row per interaction of any export in the generic shape.
{{ config(enabled=source_is_on('crm', 'interactions')) }}

with interactions as (

    {{ latest_rows(source('crm', 'interactions'), ['interaction_id']) }}

),

renamed as (

    select
        interaction_id,
        customer_ref,
        channel,
        kind,
        subject,
        machine_generated as is_machine_generated,
        occurred_at
    from interactions

)

select * from renamed
