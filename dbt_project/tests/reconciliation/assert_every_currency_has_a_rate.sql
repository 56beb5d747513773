-- Amounts of different currencies must not be added up. Each row is a pair of currencies without a rate that is fresh
-- enough, with the days concerned: connect a source of exchange rates that has them, or mend the currency.
with order_lines as (

    select * from {{ ref('int_canonical__order_lines') }}

),

lines_without_a_rate as (

    select
        source_name,
        currency_code,
        '{{ var("base_currency") }}' as base_currency_code,
        count(*) as lines_count,
        sum(net_source_amount) as net_source_amount,
        min(order_date) as first_date,
        max(order_date) as last_date
    from order_lines
    where exchange_rate is null
    group by source_name, currency_code

)

select * from lines_without_a_rate
