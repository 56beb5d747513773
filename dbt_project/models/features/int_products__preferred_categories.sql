-- One row per as_of_date and customer who ordered from a named category within the 365 days before: the category on
-- which they spent most, and the one they prefer. Preferred is what they order most often compared with everybody
-- else: the greatest lift over the company's average, shrunken towards 1 where orders are few (empirical Bayes: gamma
-- prior, Poisson counts). With very many categories the greatest lift would be that of whatever is rarest; there
-- TF-IDF chooses, which weighs the customer's share in the category with its rareness.
{{ config(materialized='as_of_history') }}

with as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

category_days as (

    select * from {{ ref('int_purchases__customer_category_days') }}
    where {{ customers_of_part() }}

),

base as (

    select * from {{ ref('int_products__category_base') }}
    where {{ computed_now() }}

),

by_category as (

    select
        category_days.customer_id,
        category_days.category_code,
        sum(category_days.order_count) as order_count,
        sum(category_days.sale_amount) as sale_amount,
        as_of_dates.as_of_date
    from category_days
    inner join as_of_dates
        on category_days.order_date <= as_of_dates.as_of_date and {{ in_last_365d('category_days.order_date') }}
    group by category_days.customer_id, category_days.category_code, as_of_dates.as_of_date

),

by_customer as (

    select
        customer_id,
        count(*) as category_count,
        sum(order_count) as order_count,
        sum(sale_amount) as sale_amount,
        as_of_date
    from by_category
    group by customer_id, as_of_date

),

with_base as (

    select
        by_category.customer_id,
        by_category.category_code,
        base.category,
        by_category.sale_amount,
        by_category.order_count + base.prior_strength as lift_shape,
        by_customer.order_count * base.base_share + base.prior_strength as lift_rate,
        by_category.order_count / by_customer.order_count * base.inverse_document_frequency as tf_idf,
        base.category_count > {{ var('product_preference_lift_categories') }} as is_chosen_by_tf_idf,
        by_category.as_of_date
    from by_category
    inner join by_customer
        on by_category.customer_id = by_customer.customer_id and by_category.as_of_date = by_customer.as_of_date
    inner join base
        on by_category.category_code = base.category_code and by_category.as_of_date = base.as_of_date

),

rated as (

    select
        *,
        case when is_chosen_by_tf_idf then tf_idf else lift_shape / lift_rate end as rating
    from with_base

),

greatest_values as (

    select
        customer_id,
        max(rating) as rating,
        max(sale_amount) as sale_amount,
        as_of_date
    from rated
    group by customer_id, as_of_date

),

-- Of equal ones the first by code.
chosen_codes as (

    select
        rated.customer_id,
        min(rated.category_code) filter (where rated.rating = greatest_values.rating) as preferred_category_code,
        min(rated.category) filter (where rated.sale_amount = greatest_values.sale_amount) as top_category,
        any_value(greatest_values.sale_amount) as top_category_sale_amount,
        rated.as_of_date
    from rated
    inner join greatest_values
        on rated.customer_id = greatest_values.customer_id and rated.as_of_date = greatest_values.as_of_date
    group by rated.customer_id, rated.as_of_date

),

preferred as (

    select
        rated.customer_id,
        rated.category_code as preferred_category_code,
        rated.category as preferred_category,
        chosen_codes.top_category,
        by_customer.category_count,
        cast(by_customer.order_count as bigint) as category_order_count,
        rated.lift_shape / rated.lift_rate as preferred_category_lift,
        {{ gamma_lower_bound('rated.lift_shape', 'rated.lift_rate', var('product_preference_bound_z')) }}
            as preferred_category_lift_lower_bound,
        {{ ratio('chosen_codes.top_category_sale_amount', 'by_customer.sale_amount') }} as top_category_share,
        rated.as_of_date
    from rated
    inner join chosen_codes
        on
            rated.customer_id = chosen_codes.customer_id
            and rated.as_of_date = chosen_codes.as_of_date
            and rated.category_code = chosen_codes.preferred_category_code
    inner join by_customer
        on rated.customer_id = by_customer.customer_id and rated.as_of_date = by_customer.as_of_date

)

select * from preferred
