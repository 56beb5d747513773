-- One row per customer and as_of_date: the size class of the company that the customer buys for, by the European
-- Commission's Recommendation 2003/361. Consumers have none; a business of which neither staff nor revenue is known
-- is unknown.
{{ config(materialized='as_of_history', enabled='firmographic' in var('schemes')) }}

with firmographics as (

    select * from {{ ref('feat_customers__firmographics') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

sized as (

    select
        firmographics.customer_id,
        case
            when not firmographics.is_business then 'not_applicable'
            else coalesce(firmographics.company_size_class, 'unknown')
        end as segment_code,
        firmographics.employees_count,
        firmographics.annual_revenue_amount,
        firmographics.is_business,
        as_of_dates.is_tonight,
        firmographics.as_of_date
    from firmographics
    inner join as_of_dates on firmographics.as_of_date = as_of_dates.as_of_date

),

segmented as (

    select
        customer_id,
        'firmographic' as scheme,
        segment_code,
        segment_code as segment_code_on_previous_boundaries,
        cast(null as double) as score,
        cast(null as double) as confidence,
        case
            when not is_tonight then null
            when not is_business then [{{ reason('is_business', 'is_business', '0') }}]
            else [
                {{ reason('employees_count', 'employees_count', '0') }},
                {{ reason('annual_revenue_amount', 'cast(annual_revenue_amount as decimal(18, 2))', '0') }}
            ]
        end as reasons,
        as_of_date
    from sized

)

select * from segmented
