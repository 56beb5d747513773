-- Amounts of different currencies must not be added up: there is no conversion yet, so every line is in the base
-- currency. The rows say which source sent which currency.
with order_lines as (

    select * from {{ ref('int_identity__order_lines_unioned') }}

),

foreign_lines as (

    select
        source_name,
        currency_code,
        '{{ var("base_currency") }}' as base_currency_code,
        count(*) as lines_count,
        sum(net_amount) as net_amount
    from order_lines
    where currency_code is distinct from '{{ var("base_currency") }}'
    group by source_name, currency_code

)

select * from foreign_lines
