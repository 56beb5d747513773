-- One row per customer and as_of_date: how much help the customer needed. A request is an opened ticket. Where the
-- company had recorded no ticket of anybody by the date, calls and e-mails of customers are all there is, and count.
{{ config(materialized='as_of_history') }}

with purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

customer_days as (

    select * from {{ ref('int_interactions__customer_days') }}
    where ticket_opened_count + ticket_closed_count + call_count + meeting_count + email_reply_count > 0

),

tickets as (

    select * from {{ ref('int_support__tickets') }}

),

interactions_to_date as (

    select
        customer_days.customer_id,
        {% for kind in ['ticket_opened', 'ticket_closed', 'call', 'meeting', 'email_reply'] -%}
        {% for days in [90, 365] -%}
        sum(customer_days.{{ kind }}_count) filter (
            where customer_days.activity_date > as_of_dates.as_of_date - {{ days }}
        ) as {{ kind }}_{{ days }}d_count,
        {% endfor -%}
        {% endfor -%}
        max(customer_days.activity_date) filter (where customer_days.ticket_opened_count > 0) as last_ticket_date,
        max(customer_days.activity_date) filter (
            where customer_days.call_count + customer_days.email_reply_count > 0
        ) as last_message_date,
        as_of_dates.as_of_date
    from customer_days
    inner join as_of_dates on customer_days.activity_date <= as_of_dates.as_of_date
    group by customer_days.customer_id, as_of_dates.as_of_date

),

tickets_recorded as (

    select as_of_date
    from interactions_to_date
    group by as_of_date
    having count(last_ticket_date) > 0

),

tickets_to_date as (

    select
        tickets.customer_id,
        count(*) filter (
            where tickets.closed_date is null or tickets.closed_date > as_of_dates.as_of_date
        ) as open_ticket_count,
        {{ ratio(
            'sum(tickets.closed_date - tickets.opened_date) filter (where tickets.closed_date <= as_of_dates.as_of_date'
            ~ ' and tickets.closed_date > as_of_dates.as_of_date - 365)',
            'count(*) filter (where tickets.closed_date <= as_of_dates.as_of_date'
            ~ ' and tickets.closed_date > as_of_dates.as_of_date - 365)'
        ) }} as ticket_time_to_close_365d_days,
        as_of_dates.as_of_date
    from tickets
    inner join as_of_dates on tickets.opened_date <= as_of_dates.as_of_date
    group by tickets.customer_id, as_of_dates.as_of_date

),

joined as (

    select
        interactions_to_date.* exclude (customer_id, as_of_date), -- noqa: RF02
        purchases.customer_id,
        purchases.order_365d_count,
        tickets_to_date.open_ticket_count,
        tickets_to_date.ticket_time_to_close_365d_days,
        tickets_recorded.as_of_date is not null as has_tickets,
        purchases.as_of_date
    from purchases
    left join interactions_to_date
        on
            purchases.customer_id = interactions_to_date.customer_id
            and purchases.as_of_date = interactions_to_date.as_of_date
    left join tickets_to_date
        on
            purchases.customer_id = tickets_to_date.customer_id
            and purchases.as_of_date = tickets_to_date.as_of_date
    left join tickets_recorded on purchases.as_of_date = tickets_recorded.as_of_date

),

with_requests as (

    select
        *,
        {% for days in [90, 365] -%}
        cast(
            coalesce(
                case
                    when has_tickets then ticket_opened_{{ days }}d_count
                    else call_{{ days }}d_count + email_reply_{{ days }}d_count
                end,
                0
            ) as bigint
        ) as support_request_{{ days }}d_count,
        {% endfor -%}
        as_of_date - case when has_tickets then last_ticket_date else last_message_date end
            as days_since_last_support_request
    from joined

),

support as (

    select
        customer_id,
        {% for kind in ['ticket_opened', 'ticket_closed', 'call', 'meeting'] -%}
        {% for days in [90, 365] -%}
        cast(coalesce({{ kind }}_{{ days }}d_count, 0) as bigint) as {{ kind }}_{{ days }}d_count,
        {% endfor -%}
        {% endfor -%}
        coalesce(open_ticket_count, 0) as open_ticket_count,
        support_request_90d_count,
        support_request_365d_count,
        {{ ratio('support_request_365d_count', 'order_365d_count') }} as support_request_per_order_365d_rate,
        ticket_time_to_close_365d_days,
        as_of_date - last_ticket_date as days_since_last_ticket,
        days_since_last_support_request,
        as_of_date
    from with_requests

)

select * from support
