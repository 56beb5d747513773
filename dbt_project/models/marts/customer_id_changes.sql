-- One row per night and customer id whose records, or some of them, are another customer's since: for whoever has noted
-- ids down. Where nothing is matched, nothing changes.
{% if var('identity_matching') -%}
with recursive ledger as (

    select * from {{ source('matching', 'ledger') }}

),

customer_ids as (

    select * from {{ source('matching', 'customer_ids') }}

),

-- Who is known today under whom, through any number of merges.
survivors as (

    select
        customer_id as former_id,
        customer_id,
        merged_into
    from customer_ids
    union all
    select
        survivors.former_id,
        customer_ids.customer_id,
        customer_ids.merged_into
    from survivors
    inner join customer_ids on survivors.merged_into = customer_ids.customer_id

),

changes as (

    select
        ledger.event as change_kind,
        case when ledger.event = 'merge' then ledger.other_id else ledger.customer_id end as former_customer_id,
        survivors.customer_id,
        ledger.records as records_count,
        ledger.night as changed_date
    from ledger
    inner join survivors
        on
            survivors.former_id
            = case when ledger.event = 'merge' then ledger.customer_id else ledger.other_id end
            and survivors.merged_into is null

)
{%- else -%}
with changes as (

    select
        cast(null as varchar) as change_kind,
        cast(null as varchar) as former_customer_id,
        cast(null as varchar) as customer_id,
        cast(null as bigint) as records_count,
        cast(null as date) as changed_date
    where false

)
{%- endif %}

select
    change_kind,
    former_customer_id,
    customer_id,
    records_count,
    changed_date
from changes
