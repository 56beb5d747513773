-- One row per ticket of a customer, with the day it was closed. Sources tell openings and closings as events without
-- the ticket they belong to, so a customer's first opening is paired with their first closing after it, the second
-- with the second and so on. Closings before the first known opening belong to tickets from before the data begins.
with interactions as (

    select * from {{ ref('int_identity__interactions') }}
    where customer_id is not null and kind in ('ticket_opened', 'ticket_closed')

),

with_first_openings as (

    select
        *,
        min(case when kind = 'ticket_opened' then occurred_at end) over (partition by customer_id) as first_opened_at
    from interactions

),

numbered as (

    select
        customer_id,
        kind,
        row_number() over (
            partition by customer_id, kind
            order by occurred_at asc, source_name asc, interaction_id asc
        ) as ticket_number,
        occurred_date
    from with_first_openings
    where occurred_at >= first_opened_at

),

tickets as (

    select
        opened.customer_id,
        opened.ticket_number,
        opened.occurred_date as opened_date,
        closed.occurred_date as closed_date
    from numbered as opened
    left join numbered as closed
        on
            opened.customer_id = closed.customer_id
            and opened.ticket_number = closed.ticket_number
            and closed.kind = 'ticket_closed'
            and opened.occurred_date <= closed.occurred_date
    where opened.kind = 'ticket_opened'

)

select * from tickets
