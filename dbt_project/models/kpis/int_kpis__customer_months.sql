-- One row per customer and month in which they did something, and one per month without a customer for order lines
-- that name nobody: all that results of segments are made of. An order counts in the month of its day, a refund in
-- the month in which it was refunded, a campaign in that of its assignment.
{{ config(materialized='month_history') }}
{% set kinds = ['standard', 'express', 'economy', 'freight', 'pickup'] %}
{% set measures = {
    'order_count': 'bigint',
    'net_revenue_amount': 'decimal(18, 4)',
    'margin_amount': 'decimal(18, 4)',
    'refund_amount': 'decimal(18, 4)',
    'delivery_count': 'bigint',
    'delivery_cost_amount': 'decimal(18, 4)',
    'support_request_count': 'bigint',
    'contact_cost_amount': 'decimal(18, 4)',
    'exposure_count': 'bigint',
    'response_count': 'bigint',
    'promoter_count': 'bigint',
    'passive_count': 'bigint',
    'detractor_count': 'bigint',
} %}
{% set parts = {
    'purchases': ['order_count', 'net_revenue_amount', 'margin_amount', 'refund_amount'],
    'anonymous': ['order_count', 'net_revenue_amount', 'refund_amount'],
    'deliveries': ['delivery_count', 'delivery_cost_amount'],
    'support': ['support_request_count'],
    'contacts': ['contact_cost_amount'],
    'responses': ['exposure_count', 'response_count'],
    'answers': ['promoter_count', 'passive_count', 'detractor_count'],
} %}

with months as (

    select * from {{ ref('int_kpis__months') }}
    where {{ computed_months('input_date') }}

),

customer_days as (

    select * from {{ ref('int_purchases__customer_days') }}
    where {{ computed_months(month_start('activity_date')) }}

),

order_lines as (

    select * from {{ ref('int_identity__order_lines') }}
    where customer_id is null and {{ computed_months(month_start('order_date')) }}

),

orders as (

    select * from {{ ref('int_purchases__orders') }}
    where {{ computed_months(month_start('order_date')) }}

),

interaction_days as (

    select * from {{ ref('int_interactions__customer_days') }}
    where {{ computed_months(month_start('activity_date')) }}

),

campaign_exposures as (

    select * from {{ ref('int_identity__campaign_exposures') }}
    where {{ computed_months(month_start('assigned_date')) }}

),

campaign_responses as (

    select * from {{ ref('outcome_campaigns__responses') }}
    where {{ computed_months(month_start('assigned_date')) }}

),

survey_answers as (

    select * from {{ ref('int_satisfaction__answers') }}
    where {{ computed_months(month_start('answered_date')) }}

),

purchases as (

    select
        customer_id,
        order_count,
        net_revenue_amount,
        margin_amount,
        refund_amount,
        {{ month_start('activity_date') }} as month_start_date
    from customer_days

),

-- As int_purchases__customer_days does for customers: orders worth nothing are out. Margin is told of customers only.
anonymous as (

    select
        cast(null as varchar) as customer_id,
        cast(coalesce(sum(net_amount) filter (where line_kind = 'sale'), 0) > 0 as integer)
            as order_count,
        sum(net_amount) as net_revenue_amount,
        coalesce(-sum(net_amount) filter (where line_kind = 'refund'), 0) as refund_amount,
        {{ month_start('order_date') }} as month_start_date
    from order_lines
    group by source_name, order_id, order_date
    having order_count > 0 or refund_amount <> 0

),

deliveries as (

    select
        customer_id,
        1 as delivery_count,
        case delivery_kind
            {% for kind in kinds -%}
            when '{{ kind }}' then {{ var('cost_to_serve_' ~ kind ~ '_delivery_amount') }}
            {% endfor -%}
        end as delivery_cost_amount,
        {{ month_start('order_date') }} as month_start_date
    from orders
    where delivery_kind is not null

),

support as (

    select
        interaction_days.customer_id,
        case
            when months.has_tickets then interaction_days.ticket_opened_count
            else interaction_days.call_count + interaction_days.email_reply_count
        end as support_request_count,
        months.input_date as month_start_date
    from interaction_days
    inner join months on {{ month_start('interaction_days.activity_date') }} = months.input_date

),

contacts as (

    select
        customer_id,
        cost_amount as contact_cost_amount,
        {{ month_start('assigned_date') }} as month_start_date
    from campaign_exposures
    where customer_id is not null

),

-- Of who was really written to, and whose days to answer are over.
responses as (

    select
        customer_id,
        1 as exposure_count,
        cast(has_ordered as integer) as response_count,
        {{ month_start('assigned_date') }} as month_start_date
    from campaign_responses
    where arm = 'treatment' and has_ordered is not null

),

answers as (

    select
        customer_id,
        cast(answer_number >= 9 as integer) as promoter_count,
        cast(answer_number >= 7 and answer_number < 9 as integer) as passive_count,
        cast(answer_number < 7 as integer) as detractor_count,
        {{ month_start('answered_date') }} as month_start_date
    from survey_answers
    where question_kind = 'nps'

),

combined as (

    {% for part, own in parts.items() -%}
    select
        customer_id,
        {% for measure in measures -%}
        {{ measure if measure in own else '0 as ' ~ measure }},
        {% endfor -%}
        month_start_date
    from {{ part }}
    {% if not loop.last %}union all
    {% endif %}
    {%- endfor %}

),

customer_months as (

    select
        customer_id,
        {% for measure, type in measures.items() -%}
        cast(coalesce(sum({{ measure }}), 0) as {{ type }}) as {{ measure }},
        {% endfor -%}
        month_start_date
    from combined
    group by customer_id, month_start_date
    having
        false
        {%- for measure in measures %}
        or {{ measure }} <> 0
        {%- endfor %}

)

select * from customer_months
