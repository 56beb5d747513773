-- One row per sales channel as the sources write it: the spelling under which its variants are one channel, and what
-- kind of channel it is. Names are few and lines are many, so names are folded here once.
with order_lines as (

    select * from {{ ref('int_identity__order_lines') }}

),

channel_kinds as (

    select * from {{ ref('channel_kinds') }}

),

names as (

    select distinct sales_channel
    from order_lines
    where sales_channel is not null

),

coded as (

    select
        sales_channel,
        replace({{ folded('sales_channel') }}, ' ', '') as channel_code
    from names

),

kinds as (

    select
        coded.sales_channel,
        coded.channel_code,
        coalesce(channel_kinds.channel_kind, 'other') as channel_kind,
        channel_kinds.is_digital
    from coded
    left join channel_kinds on coded.channel_code = channel_kinds.channel_code
    where coded.channel_code is not null

)

select * from kinds
