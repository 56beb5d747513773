-- One row per customer: what the policy gives the customer tonight in every dimension, by which rule and why, and
-- what to offer next.
{% set policy = var('treatment_policy') %}
{% set dimensions = policy.get('dimensions', []) %}

with inputs as (

    select * from {{ ref('int_treatments__inputs') }}

),

choices as (

    select * from {{ ref('int_treatments__choices') }}

),

next_best as (

    select * from {{ ref('int_treatments__next_best') }}

),

product_groups as (

    select * from {{ ref('int_products__groups') }}

),

explained as (

    select
        inputs.customer_id,
        {% for dimension in dimensions -%}
        case choices.{{ dimension.code }}_rule_number
            {% for rule in dimension.rules -%}
            when {{ rule.number }} then '{{ rule.option_code }}'
            {% endfor -%}
        end as {{ dimension.code }}_code,
        case choices.{{ dimension.code }}_rule_number
            {% for rule in dimension.rules -%}
            when {{ rule.number }} then '{{ rule.code }}'
            {% endfor -%}
        end as {{ dimension.code }}_rule_code,
        {{ treatment_reason(policy, dimension) }} as {{ dimension.code }}_reason,
        {% endfor -%}
        cast(
            0
            {% for dimension in dimensions -%}
            {% for rule in dimension.rules if rule.cost -%}
            + case when choices.{{ dimension.code }}_rule_number = {{ rule.number }} then {{ rule.cost }} else 0 end
            {% endfor -%}
            {% endfor %}
            as decimal(18, 2)
        ) as planned_cost_amount,
        inputs.expected_margin as expected_margin_amount,
        inputs.margin_at_risk as margin_at_risk_amount,
        inputs.measured_gain as measured_gain_amount,
        inputs.as_of_date
    from inputs
    inner join choices on inputs.customer_id = choices.customer_id

),

treatments as (

    select
        explained.customer_id,
        {% for dimension in dimensions -%}
        explained.{{ dimension.code }}_code,
        explained.{{ dimension.code }}_rule_code,
        explained.{{ dimension.code }}_reason,
        {% endfor -%}
        next_best.next_best_category_code,
        next_best.next_best_category,
        next_best.next_best_category_source,
        next_best.next_best_sku,
        next_products.product_name as next_best_product_name,
        next_best.next_best_sku_source,
        next_best.bundle_sku,
        bundled_products.product_name as bundle_product_name,
        next_best.bundle_partner_sku,
        partner_products.product_name as bundle_partner_product_name,
        explained.planned_cost_amount,
        explained.expected_margin_amount,
        explained.margin_at_risk_amount,
        explained.measured_gain_amount,
        next_best.next_best_category_p_order_90d,
        explained.as_of_date
    from explained
    inner join next_best on explained.customer_id = next_best.customer_id
    left join product_groups as next_products on next_best.next_best_sku = next_products.sku
    left join product_groups as bundled_products on next_best.bundle_sku = bundled_products.sku
    left join product_groups as partner_products on next_best.bundle_partner_sku = partner_products.sku

)

select * from treatments
