-- One row per as_of_date and kind of margin: the values that separate the value tiers, among customers with an order
-- in the window. Margins of the last 365 days give some on every date, those that a model expects on dates on which
-- one is published; each model expects in its own way, so that limits found among the margins of one say nothing of
-- another's. Discrete quantiles are values that occur, so equal values always share a tier, and the result does not
-- depend on row order. Above a cut-point is never more than its share of the customers.
{{ config(materialized='as_of_history', enabled='value_tier' in var('schemes')) }}

with purchases as (

    select * from {{ ref('feat_customers__purchases') }}
    where {{ computed_now(inputs='int_predictions__inputs') }}

),

predictions as (

    select * from {{ source('ml', 'ml_customers__predictions') }}
    where {{ computed_now(inputs='int_predictions__inputs') }}

),

buyers as (

    select
        purchases.margin_365d_amount as past_margin_amount,
        {{ modelled_margin('predictions') }} as expected_margin_amount,
        predictions.value_source,
        purchases.as_of_date
    from purchases
    left join predictions
        on purchases.customer_id = predictions.customer_id and purchases.as_of_date = predictions.as_of_date
    where purchases.order_days_365d_count > 0

),

-- One model a date.
expecting_models as (

    select
        max(value_source) as margin_kind,
        as_of_date
    from buyers
    where expected_margin_amount is not null
    group by as_of_date

),

margins as (

    select
        {{ past_margin_kind() }} as margin_kind,
        past_margin_amount as margin_amount,
        as_of_date
    from buyers
    union all
    select
        expecting_models.margin_kind,
        coalesce(buyers.expected_margin_amount, buyers.past_margin_amount) as margin_amount,
        buyers.as_of_date
    from buyers
    inner join expecting_models on buyers.as_of_date = expecting_models.as_of_date

),

cut_points as (

    select
        margin_kind,
        count(*) as customers_count,
        quantile_disc(margin_amount, [
            {%- for percent in var('value_tier_percents') %}
            {{ (100 - percent) / 100 }}{{ ',' if not loop.last }}
            {%- endfor %}
        ]) as margin_amounts,
        as_of_date
    from margins
    group by margin_kind, as_of_date

),

boundaries as (

    select
        cut_points.margin_kind,
        cut_points.customers_count,
        cut_points.margin_amounts,
        cut_points.margin_kind = coalesce(expecting_models.margin_kind, {{ past_margin_kind() }}) as is_ranked_by,
        cut_points.as_of_date
    from cut_points
    left join expecting_models on cut_points.as_of_date = expecting_models.as_of_date

)

select * from boundaries
