-- One row per customer as of tonight: the segment in every scheme and the key features.
with customers as (

    select * from {{ ref('int_customers__tonight') }}

)

select * from customers -- noqa: AM04
