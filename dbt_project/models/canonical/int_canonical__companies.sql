-- One row per version of a company record of all connected CRM sources, with its revenue in the base currency at the
-- rate of the day on which the version was made. What a record said before tells how large a company was then.
{{ config(materialized='view') }}

with companies as (

    {{ union_staging('companies', [
        {'name': 'company_ref', 'type': 'varchar'},
        {'name': 'company_name', 'type': 'varchar'},
        {'name': 'domain', 'type': 'varchar'},
        {'name': 'registry_number', 'type': 'varchar'},
        {'name': 'industry_code', 'type': 'varchar'},
        {'name': 'industry_code_system', 'type': 'varchar'},
        {'name': 'industry', 'type': 'varchar'},
        {'name': 'structure', 'type': 'varchar'},
        {'name': 'country', 'type': 'varchar'},
        {'name': 'region', 'type': 'varchar'},
        {'name': 'city', 'type': 'varchar'},
        {'name': 'postal_code', 'type': 'varchar'},
        {'name': 'currency_code', 'type': 'varchar'},
        {'name': 'parent_company_ref', 'type': 'varchar'},
        {'name': 'employees_count', 'type': 'bigint'},
        {'name': 'annual_revenue_amount', 'type': 'decimal(18, 4)'},
        {'name': 'created_at', 'type': 'timestamptz'},
        {'name': 'updated_at', 'type': 'timestamptz'},
    ]) }}

),

exchange_rates as (

    select * from {{ ref('int_canonical__exchange_rates') }}

),

dated as (

    select
        *,
        coalesce(currency_code, '{{ var("base_currency") }}') as revenue_currency_code,
        coalesce(cast(coalesce(updated_at, created_at) as date), {{ tonight() }}) as revenue_date
    from companies

),

converted as (

    select
        dated.source_name,
        dated.company_ref,
        dated.company_name,
        lower(dated.domain) as domain, -- noqa: RF04
        dated.registry_number,
        dated.industry_code,
        dated.industry_code_system,
        dated.industry,
        dated.structure,
        dated.country,
        dated.region,
        dated.city,
        dated.postal_code,
        dated.revenue_currency_code as currency_code,
        dated.parent_company_ref,
        dated.employees_count,
        {{ in_base_currency(
            'dated.annual_revenue_amount',
            'dated.revenue_currency_code',
            'cast(' ~ exchange_rate('dated.revenue_currency_code', 'dated.revenue_date') ~ ' as decimal(18, 10))'
        ) }} as annual_revenue_amount,
        row_number() over (
            partition by dated.source_name, dated.company_ref
            order by dated.updated_at desc nulls last, dated.created_at desc nulls last
        ) = 1 as is_current,
        coalesce(dated.updated_at, dated.created_at) as valid_from,
        dated.created_at,
        dated.updated_at
    from dated
    asof left join exchange_rates
        on
            dated.revenue_currency_code = exchange_rates.currency_code
            and dated.revenue_date >= exchange_rates.rate_date

)

select * from converted
