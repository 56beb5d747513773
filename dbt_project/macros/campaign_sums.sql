{#-
    What is measured of customers in campaigns: of each metric its value after the assignment and the same before it, both
    columns of int_campaigns__customers. What is redeemed has no before.
-#}
{% macro campaign_metrics() -%}
    {{ return({
        'response_rate': {'after': 'has_ordered', 'before': 'has_ordered_before', 'is_rate': true},
        'orders': {'after': 'order_count', 'before': 'order_before_count', 'is_rate': false},
        'net_revenue': {'after': 'net_revenue_amount', 'before': 'net_revenue_before_amount', 'is_rate': false},
        'margin': {'after': 'margin_amount', 'before': 'margin_before_amount', 'is_rate': false},
        'redemption_rate': {'after': 'has_redeemed', 'before': none, 'is_rate': true},
    }) }}
{%- endmacro %}

{#- The sums of which every mean, variance and covariance of a metric is made, and their names. -#}
{% macro campaign_sum_names() -%}
    {{ return(['after_sum', 'after_squares', 'before_sum', 'before_squares', 'cross_products']) }}
{%- endmacro %}

{#-
    The sums of all metrics over rows of int_campaigns__customers, as columns <metric>_<sum>. Sums of decimals are exact,
    so that the order of the rows does not matter. The product of two decimals of 18 digits has 18 as well, of which 8
    would stand behind the point.
-#}
{% macro campaign_sums() -%}
        count(*) as customers_count,
        {% for metric, of in campaign_metrics().items() -%}
        {% set after = 'cast(customers.' ~ of.after ~ ' as decimal(38, 4))' -%}
        {% set before = 'cast(customers.' ~ of.before ~ ' as decimal(38, 4))' if of.before else 'cast(0 as decimal(38, 4))' -%}
        {% set type = 'decimal(18, 4)' -%}
        sum({{ after }}) as {{ metric }}_after_sum,
        sum({{ after }} * cast({{ after }} as {{ type }})) as {{ metric }}_after_squares,
        sum({{ before }}) as {{ metric }}_before_sum,
        sum({{ before }} * cast({{ before }} as {{ type }})) as {{ metric }}_before_squares,
        sum({{ after }} * cast({{ before }} as {{ type }})) as {{ metric }}_cross_products
        {%- if not loop.last %},{% endif %}
        {% endfor -%}
{%- endmacro %}

{#-
    The sums of the schemes that models decide, or of all others, by the segment that customers were in on the newest
    evaluated date before they were assigned: frozen, so that nobody moves between segments by what the campaign did.
-#}
{% macro campaign_segment_sums(of_models) -%}
with customers as (

    select * from {{ ref('int_campaigns__customers') }}
    where
        order_count is not null
        and arm in ('treatment', 'holdout')
        and features_as_of_date is not null
        {% if not of_models %}and {{ computed_campaigns() }}{% endif %}

),

assignments as (

    select * from {{ ref('int_segmentations__assignments') }}
    where
        {% if of_models -%}
        scheme in ('{{ var("model_schemes") | join("', '") }}')
        {%- else -%}
        scheme not in ('{{ var("model_schemes") | join("', '") }}') and {{ computed_campaigns('as_of_date') }}
        {%- endif %}

),

sums as (

    select
        customers.campaign_id,
        assignments.scheme,
        assignments.segment_code,
        customers.arm,
        {{ campaign_sums() }},
        customers.features_as_of_date
    from customers
    inner join assignments
        on customers.customer_id = assignments.customer_id and customers.features_as_of_date = assignments.as_of_date
    group by
        customers.campaign_id, assignments.scheme, assignments.segment_code, customers.arm, customers.features_as_of_date

)

select * from sums
{%- endmacro %}
