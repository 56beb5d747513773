-- One row per order: who pays for it. The address is that of the bill, because presents are sent elsewhere. As with the
-- lines, the order's fields stand on its first row only, an order sent again replaces all that was known of it, and the
-- telephone number is the customer's before that of the bill.
{{ config(enabled=source_is_on('shopify', 'orders')) }}

with order_rows as (

    {{ latest_groups(source('shopify', 'orders'), ['order_name']) }}

),

orders as (

    select
        order_name,
        any_value(email order by _row_number) as email,
        any_value(phone order by _row_number) as customer_phone,
        any_value(billing_phone order by _row_number) as billing_phone,
        any_value(billing_name order by _row_number) as billing_name,
        any_value(billing_company order by _row_number) as company_name,
        any_value(billing_street order by _row_number) as street,
        -- Shopify writes '01234 so that spreadsheets keep the zero.
        ltrim(any_value(billing_zip order by _row_number), '''') as postal_code,
        any_value(billing_city order by _row_number) as city,
        any_value(billing_country order by _row_number) as country,
        any_value(created_at order by _row_number) as seen_at
    from order_rows
    group by order_name

),

renamed as (

    select
        'shopify:' || order_name as contact_ref,
        email,
        coalesce(customer_phone, billing_phone) as phone,
        {{ given_name_of('billing_name') }} as first_name,
        {{ family_name_of('billing_name') }} as last_name,
        company_name,
        street,
        postal_code,
        city,
        country,
        seen_at
    from orders

)

select * from renamed
