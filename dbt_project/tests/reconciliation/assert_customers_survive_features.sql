-- Customers in equals customers out: those of the profiles are those of the customer list, and of these all that are
-- known by tonight are evaluated tonight. Keys are compared by the sum of their hashes.
with owners as (

    select distinct customer_id
    from {{ ref('int_identity__customer_map') }}

),

customers as (

    select * from {{ ref('int_identity__customers') }}

),

spine as (

    select * from {{ ref('int_customers__as_of') }}
    where as_of_date = {{ tonight() }}

),

counted as (

    select
        'customers of the profiles are listed' as question,
        (select count(*) from owners) as customers_in_count,
        (select sum(hash(owners.customer_id)) from owners) as customer_keys_in,
        (select count(*) from customers) as customers_out_count,
        (select sum(hash(customers.customer_id)) from customers) as customer_keys_out
    union all
    select
        'customers known by tonight are evaluated' as question,
        count(*) as customers_in_count,
        sum(hash(customers.customer_id)) as customer_keys_in,
        (select count(*) from spine) as customers_out_count,
        (select sum(hash(spine.customer_id)) from spine) as customer_keys_out
    from customers
    where customers.known_since_date is null or customers.known_since_date <= {{ tonight() }}

),

different as (

    select *
    from counted
    where
        customers_in_count <> customers_out_count
        or customer_keys_in is distinct from customer_keys_out

)

select * from different
