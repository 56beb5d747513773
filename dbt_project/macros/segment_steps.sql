{#-
    The steps that customers took between segments since the evaluated date before, and what these customers were worth
    on both dates, of the schemes that models decide or of all others: those who stayed and those who had just become
    known ("entered") included, so that counts and amounts equal the memberships. A move is the boundary's when the
    customer, measured with the boundaries in force before, would not have moved.
-#}
{% macro segment_steps(of_models) -%}
{% set amounts = ['net_revenue', 'margin', 'expected_margin'] -%}
{% if of_models -%}
{% set computed = computed_labels() -%}
{% else -%}
{% set computed = computed_now(inputs='int_predictions__inputs') -%}
{% endif -%}
with as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed }} and previous_as_of_date is not null

),

moves as (

    select * from {{ ref('int_segmentations__moves') }}
    where
        {{ computed }}
        and scheme {{ '' if of_models else 'not ' }}in ('{{ var("model_schemes") | join("', '") }}')

),

assignments as (

    select * from {{ ref('int_segmentations__assignments') }}
    where
        {{ computed }}
        and scheme {{ '' if of_models else 'not ' }}in ('{{ var("model_schemes") | join("', '") }}')

),

purchases as (

    select * from {{ ref('feat_customers__purchases') }}

),

predictions as (

    select * from {{ source('ml', 'ml_customers__predictions') }}

),

{% for when, date in {'now': 'as_of_date', 'before': 'previous_as_of_date'}.items() -%}
worth_{{ when }} as (

    select
        purchases.customer_id,
        purchases.net_revenue_365d_amount as net_revenue_amount,
        purchases.margin_365d_amount as margin_amount,
        cast(coalesce(predictions.expected_margin_365d_amount, 0) as decimal(18, 4)) as expected_margin_amount,
        as_of_dates.as_of_date
    from purchases
    inner join as_of_dates on purchases.as_of_date = as_of_dates.{{ date }}
    left join predictions
        on purchases.customer_id = predictions.customer_id and purchases.as_of_date = predictions.as_of_date

),

{% endfor -%}
worth as (

    select
        worth_now.customer_id,
        {% for amount in amounts -%}
        coalesce(worth_before.{{ amount }}_amount, 0) as {{ amount }}_before_amount,
        worth_now.{{ amount }}_amount as {{ amount }}_now_amount,
        {% endfor -%}
        worth_now.as_of_date
    from worth_now
    left join worth_before
        on worth_now.customer_id = worth_before.customer_id and worth_now.as_of_date = worth_before.as_of_date

),

moved as (

    select
        moves.scheme,
        coalesce(moves.from_segment_code, 'entered') as from_segment_code,
        moves.to_segment_code,
        count(*) as customers_count,
        count(*) filter (where moves.from_segment_code is not null) as moved_count,
        count(*) filter (where moves.from_segment_code = moves.segment_code_on_previous_boundaries)
            as boundary_moved_count,
        {% for when in ['before', 'now'] -%}
        {% for amount in amounts -%}
        sum(worth.{{ amount }}_{{ when }}_amount) as {{ amount }}_{{ when }}_amount,
        {% endfor -%}
        sum(worth.margin_{{ when }}_amount) filter (where moves.from_segment_code is not null)
            as moved_margin_{{ when }}_amount,
        coalesce(
            sum(worth.margin_{{ when }}_amount) filter (
                where moves.from_segment_code = moves.segment_code_on_previous_boundaries
            ),
            0
        ) as boundary_moved_margin_{{ when }}_amount,
        {% endfor -%}
        moves.as_of_date
    from moves
    inner join worth on moves.customer_id = worth.customer_id and moves.as_of_date = worth.as_of_date
    group by moves.scheme, moves.from_segment_code, moves.to_segment_code, moves.as_of_date

),

arrived as (

    select
        scheme,
        to_segment_code,
        sum(customers_count) as customers_count,
        {% for amount in amounts -%}
        {% for when in ['before', 'now'] -%}
        sum({{ amount }}_{{ when }}_amount) as {{ amount }}_{{ when }}_amount,
        {% endfor -%}
        {% endfor -%}
        as_of_date
    from moved
    group by scheme, to_segment_code, as_of_date

),

members as (

    select
        assignments.scheme,
        assignments.segment_code,
        count(*) as customers_count,
        {% for amount in amounts -%}
        {% for when in ['before', 'now'] -%}
        sum(worth.{{ amount }}_{{ when }}_amount) as {{ amount }}_{{ when }}_amount,
        {% endfor -%}
        {% endfor -%}
        assignments.as_of_date
    from assignments
    inner join worth on assignments.customer_id = worth.customer_id and assignments.as_of_date = worth.as_of_date
    group by assignments.scheme, assignments.segment_code, assignments.as_of_date

),

-- Who is in a segment and did not come into it was there before.
stayed as (

    select
        members.scheme,
        members.segment_code as from_segment_code,
        members.segment_code as to_segment_code,
        members.customers_count - coalesce(arrived.customers_count, 0) as customers_count,
        {% for amount in amounts -%}
        {% for when in ['before', 'now'] -%}
        members.{{ amount }}_{{ when }}_amount - coalesce(arrived.{{ amount }}_{{ when }}_amount, 0)
            as {{ amount }}_{{ when }}_amount,
        {% endfor -%}
        {% endfor -%}
        members.as_of_date
    from members
    left join arrived
        on
            members.scheme = arrived.scheme
            and members.segment_code = arrived.to_segment_code
            and members.as_of_date = arrived.as_of_date
    where members.customers_count > coalesce(arrived.customers_count, 0)

),

together as (

    select * from moved
    union all by name
    select * from stayed

),

steps as (

    select
        scheme,
        from_segment_code,
        to_segment_code,
        cast(customers_count as bigint) as customers_count,
        cast(coalesce(moved_count - boundary_moved_count, 0) as bigint) as customer_changed_count,
        cast(coalesce(boundary_moved_count, 0) as bigint) as boundary_moved_count,
        {% for when in ['before', 'now'] -%}
        {% for amount in amounts -%}
        cast({{ amount }}_{{ when }}_amount as decimal(38, 4)) as {{ amount }}_{{ when }}_amount,
        {% endfor -%}
        cast(
            coalesce(moved_margin_{{ when }}_amount - boundary_moved_margin_{{ when }}_amount, 0) as decimal(38, 4)
        ) as customer_changed_margin_{{ when }}_amount,
        cast(coalesce(boundary_moved_margin_{{ when }}_amount, 0) as decimal(38, 4))
            as boundary_moved_margin_{{ when }}_amount,
        {% endfor -%}
        as_of_date
    from together

)

select * from steps
{%- endmacro %}
