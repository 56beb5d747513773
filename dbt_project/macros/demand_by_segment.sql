{#-
    What the segments of some schemes bought in the month of each evaluated date, up to that date. Membership is frozen at
    the month's start: a customer counts for the segment of the evaluated date before, the last day of the month before.
    Who was not known then came in the month; what nobody known bought is a segment of its own, so that segments add up.
    Months whose start was not evaluated are out. `condition` says which dates are computed.
-#}
{% macro demand_by_segment(schemes, condition) -%}
{%- set quoted = "'" ~ schemes | join("', '") ~ "'" if schemes else '' -%}
as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ condition }}

),

category_sales as (

    select * from {{ ref('int_purchases__category_sales') }}

),

assignments as (

    select
        customer_id,
        scheme,
        segment_code,
        as_of_date
    from {{ ref('int_segmentations__assignments') }}
    where list_contains(cast([{{ quoted }}] as varchar[]), scheme) -- noqa: LT05

),

customer_months as (

    select
        category_sales.customer_id,
        category_sales.category_code,
        min(category_sales.category) as category,
        sum(category_sales.unit_count) as units_count,
        sum(category_sales.order_count) as orders_count,
        sum(category_sales.sale_amount) as net_sales_amount,
        as_of_dates.previous_as_of_date,
        as_of_dates.as_of_date
    from category_sales
    inner join as_of_dates
        on
            date_trunc('month', category_sales.order_date) = date_trunc('month', as_of_dates.as_of_date)
            and category_sales.order_date <= as_of_dates.as_of_date
    group by
        category_sales.customer_id,
        category_sales.category_code,
        as_of_dates.previous_as_of_date,
        as_of_dates.as_of_date

),

labelled as (

    select
        customer_months.*,
        schemes.scheme,
        case
            when customer_months.customer_id is null then 'no_customer'
            else coalesce(assignments.segment_code, 'new_in_month')
        end as segment_code
    from customer_months
    cross join (select unnest(cast([{{ quoted }}] as varchar[])) as scheme) as schemes
    left join assignments
        on
            customer_months.customer_id = assignments.customer_id
            and customer_months.previous_as_of_date = assignments.as_of_date
            and schemes.scheme = assignments.scheme
    where customer_months.previous_as_of_date is not null

)
{%- endmacro %}

{#- The sums of rows of demand_by_segment. -#}
{% macro demand_sums() -%}
    min(category) as category,
    sum(units_count) as units_count,
    cast(sum(orders_count) as bigint) as orders_count,
    count(distinct customer_id) as customers_count,
    sum(net_sales_amount) as net_sales_amount
{%- endmacro %}
