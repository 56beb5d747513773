-- One row per as_of_date: the numbers of order days that separate occasional, regular and heavy buyers, among customers
-- who bought on two days or more within the window. Discrete quantiles are values that occur, so equal numbers always
-- share a level, and the result does not depend on row order.
{{ config(materialized='as_of_history', enabled='behavioural' in var('schemes')) }}

with purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where {{ computed_now() }}

),

boundaries as (

    select
        count(*) as customers_count,
        quantile_disc(order_days_365d_count, [
            {%- for percent in var('behavioural_usage_percents') %}
            {{ percent / 100 }}{{ ',' if not loop.last }}
            {%- endfor %}
        ]) as order_days_counts,
        as_of_date
    from purchases
    where order_days_365d_count > 1
    group by as_of_date

)

select * from boundaries
