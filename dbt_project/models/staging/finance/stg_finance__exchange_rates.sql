-- One row per pair of currencies and day, the newest delivery of each.
{{ config(enabled=source_is_on('finance', 'exchange_rates')) }}

with exchange_rates as (

    {{ latest_rows(source('finance', 'exchange_rates'), ['currency', 'quote_currency', 'rate_date']) }}

),

renamed as (

    select
        currency as currency_code,
        quote_currency as quote_currency_code,
        rate,
        rate_date
    from exchange_rates

)

select * from renamed
