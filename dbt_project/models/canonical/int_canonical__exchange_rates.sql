-- One row per currency and day with a rate: how many units of the base currency one unit is worth. Rates come from a
-- connected source, else from the reference rates of the European Central Bank that are a seed.
{{ config(materialized='table') }}

with exchange_rates as (

    {{ union_staging('exchange_rates', [
        {'name': 'currency_code', 'type': 'varchar'},
        {'name': 'quote_currency_code', 'type': 'varchar'},
        {'name': 'rate', 'type': 'decimal(18, 10)'},
        {'name': 'rate_date', 'type': 'date'},
    ]) }}

),

euro_rates as (

    select
        upper(currency_code) as currency_code,
        units_per_euro,
        rate_date
    from (
        unpivot {{ ref('ecb_exchange_rates') }}
        on columns(* exclude (rate_date))
        into name currency_code value units_per_euro
    )
    union all
    select distinct
        'EUR' as currency_code,
        1 as units_per_euro,
        rate_date
    from {{ ref('ecb_exchange_rates') }}

),

reference_rates as (

    select
        euro_rates.currency_code,
        cast(base_rates.units_per_euro / cast(euro_rates.units_per_euro as double) as decimal(18, 10)) as rate,
        euro_rates.rate_date
    from euro_rates
    inner join euro_rates as base_rates
        on
            euro_rates.rate_date = base_rates.rate_date
            and base_rates.currency_code = '{{ var("base_currency") }}'
    where euro_rates.currency_code <> base_rates.currency_code

),

connected_rates as (

    select
        currency_code,
        rate,
        rate_date
    from exchange_rates
    where quote_currency_code = '{{ var("base_currency") }}'
    qualify row_number() over (
        partition by currency_code, rate_date
        order by source_name asc
    ) = 1

),

rates as (

    select * from connected_rates
    union all
    select * from reference_rates
    where {{ 'false' if var('staging_models').get('exchange_rates') else 'true' }}

)

select * from rates
