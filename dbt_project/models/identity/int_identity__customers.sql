-- One row per customer. Every connected source shares one trusted key (customer_ref), so identity is a pass-through:
-- the customer_id is a digest of that key, the same on every night, in every rebuild and whatever the row order.
with crm_customers as (

    {{ union_staging('customers', [
        {'name': 'customer_ref', 'type': 'varchar'},
        {'name': 'account_type', 'type': 'varchar'},
        {'name': 'declared_age_band', 'type': 'varchar'},
        {'name': 'gender', 'type': 'varchar'},
        {'name': 'income_band', 'type': 'varchar'},
        {'name': 'marital_status', 'type': 'varchar'},
        {'name': 'country', 'type': 'varchar'},
        {'name': 'region', 'type': 'varchar'},
        {'name': 'household_size', 'type': 'integer'},
        {'name': 'children_count', 'type': 'integer'},
        {'name': 'birth_date', 'type': 'date'},
        {'name': 'created_at', 'type': 'timestamptz'},
    ]) }}

),

order_lines as (

    select * from {{ ref('int_identity__order_lines_unioned') }}

),

campaign_exposures as (

    select * from {{ ref('int_identity__campaign_exposures_unioned') }}

),

first_sightings as (

    select
        customer_ref,
        cast(created_at as date) as seen_date
    from crm_customers
    union all
    select
        customer_ref,
        min(order_date) as seen_date
    from order_lines
    where customer_ref is not null
    group by customer_ref
    union all
    select
        customer_ref,
        min(assigned_date) as seen_date
    from campaign_exposures
    group by customer_ref

),

refs as (

    select
        customer_ref,
        min(seen_date) as known_since_date
    from first_sightings
    group by customer_ref

),

attributes as (

    select *
    from crm_customers
    qualify row_number() over (
        partition by customer_ref
        order by created_at desc nulls last, source_name asc
    ) = 1

),

customers as (

    select
        'c_' || left(sha256(refs.customer_ref), 20) as customer_id,
        refs.customer_ref,
        coalesce(attributes.account_type, 'consumer') as account_type,
        attributes.declared_age_band,
        attributes.gender,
        attributes.income_band,
        attributes.marital_status,
        attributes.country,
        attributes.region,
        attributes.household_size,
        attributes.children_count,
        attributes.birth_date,
        refs.known_since_date
    from refs
    left join attributes on refs.customer_ref = attributes.customer_ref

)

select * from customers
