-- One row per category and month with sales: the units that were sold, up to tonight. What forecasts of demand learn
-- from; sums are of decimals, so row order has no say.
with category_sales as (

    select * from {{ ref('int_purchases__category_sales') }}

),

category_months as (

    select
        category_code,
        min(category) as category,
        sum(unit_count) as unit_count,
        min(order_date) as first_sale_date,
        cast(date_trunc('month', order_date) as date) as month_date
    from category_sales
    where order_date <= {{ tonight() }}
    group by category_code, date_trunc('month', order_date)

)

select * from category_months
