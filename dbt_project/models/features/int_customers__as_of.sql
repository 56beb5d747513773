-- One row per customer and evaluated date on which the customer was already known: the spine that every feature and
-- every scheme must match row for row. A record without any date is known from the first evaluated date.
{{ config(materialized='view') }}

with customers as (

    select * from {{ ref('int_identity__customers') }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}

),

spine as (

    select
        customers.customer_id,
        as_of_dates.as_of_date
    from customers
    inner join as_of_dates
        on customers.known_since_date is null or customers.known_since_date <= as_of_dates.as_of_date

)

select * from spine
