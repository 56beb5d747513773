-- One row per customer and as_of_date: the company that the customer bought for, as its record was on the date, and
-- what all of its contacts together bought. Customers without a company have no values; businesses whose company nobody
-- has a record of neither.
{{ config(materialized='as_of_history') }}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

customer_history as (

    select * from {{ ref('int_identity__customer_history') }}

),

customer_companies as (

    select * from {{ ref('int_identity__customer_companies') }}

),

company_history as (

    select * from {{ ref('int_identity__company_history') }}

),

customer_days as (

    select * from {{ ref('int_purchases__customer_days') }}

),

industry_sections as (

    select * from {{ ref('industry_sections') }}

),

customers as (

    select
        spine.customer_id,
        customer_companies.company_id,
        coalesce(customer_history.account_type = 'business', false)
        or customer_companies.company_id is not null as is_business,
        spine.as_of_date
    from spine
    asof left join customer_history
        on spine.customer_id = customer_history.customer_id and spine.as_of_date >= customer_history.valid_from
    left join customer_companies
        on
            spine.customer_id = customer_companies.customer_id
            and spine.as_of_date >= customer_companies.valid_from
            and (customer_companies.valid_to is null or spine.as_of_date < customer_companies.valid_to)

),

purchased as (

    select
        customer_days.customer_id,
        sum(customer_days.order_count) as order_count,
        sum(customer_days.net_revenue_amount) as net_revenue_amount,
        as_of_dates.as_of_date
    from customer_days
    inner join as_of_dates
        on
            customer_days.activity_date <= as_of_dates.as_of_date
            and customer_days.activity_date > as_of_dates.as_of_date - 365
    group by customer_days.customer_id, as_of_dates.as_of_date

),

company_totals as (

    select
        customers.company_id,
        count(*) as contacts_count,
        coalesce(sum(purchased.order_count), 0) as order_count,
        coalesce(sum(purchased.net_revenue_amount), 0) as net_revenue_amount,
        customers.as_of_date
    from customers
    left join purchased
        on customers.customer_id = purchased.customer_id and customers.as_of_date = purchased.as_of_date
    where customers.company_id is not null
    group by customers.company_id, customers.as_of_date

),

companies as (

    select
        company_history.*,
        {{ industry_code_key('company_history.industry_code') }} as industry_code_key,
        {{ industry_code_system('company_history.industry_code', 'company_history.industry_code_system') }}
            as code_system,
        replace({{ folded('company_history.industry') }}, ' ', '_') as industry_key,
        as_of_dates.as_of_date
    from as_of_dates
    inner join company_history
        on
            as_of_dates.as_of_date >= company_history.valid_from
            and (company_history.valid_to is null or as_of_dates.as_of_date < company_history.valid_to)

),

parents as (

    select distinct
        parent_company_id as company_id,
        as_of_date
    from companies
    where parent_company_id is not null

),

-- A code says more exactly than a name in which section a company is, three digits more exactly than two.
company_values as (

    select
        companies.company_id,
        companies.industry,
        coalesce(
            sections_of_groups.section_code,
            sections_of_divisions.section_code,
            sections_of_letters.section_code,
            sections_of_names.section_code
        ) as industry_section,
        coalesce(
            sections_of_groups.section_name,
            sections_of_divisions.section_name,
            sections_of_letters.section_name,
            sections_of_names.section_name
        ) as industry_section_name,
        coalesce(
            companies.structure,
            case
                when companies.parent_company_id is not null then 'subsidiary'
                when parents.company_id is not null then 'headquarters'
            end
        ) as structure,
        companies.employees_count,
        companies.annual_revenue_amount,
        companies.as_of_date
    from companies
    left join parents
        on companies.company_id = parents.company_id and companies.as_of_date = parents.as_of_date
    left join industry_sections as sections_of_groups
        on
            companies.code_system = sections_of_groups.system
            and left(companies.industry_code_key, 3) = sections_of_groups.industry_key
    left join industry_sections as sections_of_divisions
        on
            companies.code_system = sections_of_divisions.system
            and left(companies.industry_code_key, 2) = sections_of_divisions.industry_key
    left join industry_sections as sections_of_letters
        on
            companies.code_system = sections_of_letters.system
            and left(companies.industry_code_key, 1) = sections_of_letters.industry_key
    left join industry_sections as sections_of_names
        on sections_of_names.system = 'name' and companies.industry_key = sections_of_names.industry_key

),

firmographics as (

    select
        customers.customer_id,
        customers.company_id,
        company_values.industry,
        company_values.industry_section,
        company_values.industry_section_name,
        company_values.structure,
        {{ company_size_class('company_values.employees_count', 'company_values.annual_revenue_amount') }}
            as company_size_class,
        company_values.employees_count,
        cast(company_values.annual_revenue_amount as decimal(18, 4)) as annual_revenue_amount,
        company_totals.contacts_count,
        cast(company_totals.order_count as bigint) as company_order_365d_count,
        cast(company_totals.net_revenue_amount as decimal(18, 4)) as company_net_revenue_365d_amount,
        customers.is_business,
        customers.as_of_date
    from customers
    left join company_values
        on customers.company_id = company_values.company_id and customers.as_of_date = company_values.as_of_date
    left join company_totals
        on customers.company_id = company_totals.company_id and customers.as_of_date = company_totals.as_of_date

)

select * from firmographics
