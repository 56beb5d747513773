{#-
    The sums that schemes are judged by, of the schemes that models decide or of all others: per scheme, segment and group
    of customers, for the dates whose first horizon is over; of the others, whose sums are kept, for those dates that are
    computed now. Amounts are cut at the limit of the own date, to learn from, and at that of the date which was learned
    from, to be judged; sums of decimals are exact, so that the order of the rows does not matter. A customer is in the same
    group on every date, because groups are drawn by the hash of the id.
-#}
{% macro scorecard_sums(of_models) -%}
with inputs as (

    select * from {{ ref('int_scorecard__inputs') }}
    {% if not of_models %}where {{ computed_scores('input_date') }}{% endif %}

),

assignments as (

    select * from {{ ref('int_segmentations__assignments') }}
    where
        {% if of_models -%}
        scheme in ('{{ var("model_schemes") | join("', '") }}')
        {%- else -%}
        scheme not in ('{{ var("model_schemes") | join("', '") }}') and {{ computed_scores() }}
        {%- endif %}

),

outcomes as (

    select * from {{ ref('outcome_customers__purchases') }}

),

consent as (

    select * from {{ ref('feat_customers__consent') }}

),

customers as (

    select
        {{ judged_customer() }},
        consent.contactable_channel_count > 0 as is_reachable
    from outcomes
    inner join inputs on outcomes.as_of_date = inputs.input_date
    inner join consent on outcomes.customer_id = consent.customer_id and outcomes.as_of_date = consent.as_of_date

),

sums as (

    select
        assignments.scheme,
        assignments.segment_code,
        customers.customer_group,
        {{ judged_measures() }},
        count(*) filter (where customers.is_reachable) as reachable_count,
        assignments.as_of_date
    from assignments
    inner join customers
        on assignments.customer_id = customers.customer_id and assignments.as_of_date = customers.as_of_date
    group by assignments.scheme, assignments.segment_code, customers.customer_group, assignments.as_of_date

)

select * from sums
{%- endmacro %}

{#- What a customer did in the first horizon, from `outcomes` and the date's `inputs`. -#}
{% macro judged_customer() -%}
{%- set days = var('outcome_horizon_days')[0] -%}
        outcomes.customer_id,
        cast(hash(outcomes.customer_id) % {{ scorecard_groups() }} as integer) as customer_group,
        case
            when inputs.spend_limit_amount is not null
                then least(outcomes.net_revenue_{{ days }}d_amount, inputs.spend_limit_amount)
        end as learnable_amount,
        case
            when inputs.learned_limit_amount is not null
                then least(outcomes.net_revenue_{{ days }}d_amount, inputs.learned_limit_amount)
        end as judged_amount,
        -- The product of two decimals of 18 digits has 18 as well, of which 8 would stand behind the point.
        cast(judged_amount as decimal(38, 4)) * judged_amount as judged_square,
        outcomes.has_ordered_{{ days }}d as has_ordered,
        outcomes.as_of_date
{%- endmacro %}

{#- What is added up of `customers`. -#}
{% macro judged_measures() -%}
        count(*) as customers_count,
        count(*) filter (where customers.has_ordered) as buyers_count,
        coalesce(sum(customers.learnable_amount), 0) as learnable_amount,
        coalesce(sum(customers.judged_amount), 0) as judged_amount,
        coalesce(sum(customers.judged_square), 0) as judged_squares
{%- endmacro %}

{#- Whether a segment says something of the customer; false for whoever was not known. -#}
{% macro is_placed(segment_code) -%}
    coalesce({{ segment_code }} not in ('unknown', 'not_applicable'), false)
{%- endmacro %}

{#- Groups of customers that are left out one at a time to see how far a figure hangs on who the customers are. -#}
{% macro scorecard_groups() -%}
    20
{%- endmacro %}

{#- How many schemes, of those that explain most of the spending, are crossed with one another. -#}
{% macro crossed_schemes() -%}
    6
{%- endmacro %}

{#-
    Half the width of the interval of 95 % of a figure, of its values with one group left out at a time, in a list: the
    delete-a-group jackknife, whose variance is (G - 1) / G times the sum of squares around the mean of these values
    (Efron & Tibshirani 1993, An Introduction to the Bootstrap, 11.5; Shao & Tu 1995, The Jackknife and Bootstrap, 2.3)
    times the quantile 0.975 of Student's t with G - 1 = 19 degrees of freedom. A list is summed up in its own order.
-#}
{% macro jackknife_half_width(left_out_values) -%}
    2.093024 * sqrt(({{ scorecard_groups() }} - 1) * list_aggregate({{ left_out_values }}, 'var_pop'))
{%- endmacro %}
