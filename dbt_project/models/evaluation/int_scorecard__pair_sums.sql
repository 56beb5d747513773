-- One row per pair of schemes, cell of their cross, group of customers and date, of the newest date that schemes are
-- judged on and of the one that was learned from: how many customers and what they did afterwards. Of the schemes that
-- explain most of the spending only, and of those the ones that may be parts of a cross; the two that the scheme
-- combined is made of are always among them. Customers who are in the same segments of all of them are added up first,
-- so that nobody is counted once for each pair.
{% set places = range(1, crossed_schemes() | int + 1) | list %}
{% set measures = ['customers_count', 'buyers_count', 'learnable_amount', 'judged_amount', 'judged_squares'] %}

with inputs as (

    select * from {{ ref('int_scorecard__inputs') }}

),

shares as (

    select * from {{ ref('int_scorecard__shares') }}

),

assignments as (

    select * from {{ ref('int_segmentations__assignments') }}

),

outcomes as (

    select * from {{ ref('outcome_customers__purchases') }}

),

newest as (

    select
        input_date,
        learned_as_of_date
    from inputs
    where learned_as_of_date is not null
    qualify row_number() over (order by input_date desc) = 1

),

dates as (

    select input_date
    from newest
    union all
    select learned_as_of_date as input_date
    from newest

),

crossed_schemes as (

    select
        shares.scheme,
        row_number() over (
            order by
                shares.scheme in ('{{ var("combined_pair") | join("', '") }}') desc, -- noqa: LT05
                shares.explained_spend_share desc,
                shares.scheme asc
        ) as place
    from shares
    inner join newest on shares.as_of_date = newest.input_date
    where
        shares.left_out_group = -1
        and shares.explained_spend_share is not null
        and shares.scheme in ('{{ combinable_schemes() | join("', '") }}') -- noqa: LT05
    qualify place <= {{ crossed_schemes() }}

),

-- One column a scheme: lists of segments take four times as long.
places as (

    select
        assignments.customer_id,
        {% for place in places -%}
        max(assignments.segment_code) filter (where crossed_schemes.place = {{ place }}) as segment_code_{{ place }},
        {% endfor -%}
        assignments.as_of_date
    from assignments
    inner join crossed_schemes on assignments.scheme = crossed_schemes.scheme
    inner join dates on assignments.as_of_date = dates.input_date
    group by assignments.customer_id, assignments.as_of_date

),

customers as (

    select {{ judged_customer() }}
    from outcomes
    inner join dates on outcomes.as_of_date = dates.input_date
    inner join inputs on outcomes.as_of_date = inputs.input_date

),

alike as (

    select
        {% for place in places -%}
        places.segment_code_{{ place }},
        {% endfor -%}
        customers.customer_group,
        {{ judged_measures() }},
        customers.as_of_date
    from places
    inner join customers on places.customer_id = customers.customer_id and places.as_of_date = customers.as_of_date
    group by
        {% for place in places -%}
        places.segment_code_{{ place }},
        {% endfor -%}
        customers.customer_group, customers.as_of_date

),

crossed as (

    {% for one in places -%}
    {% for other in places if other > one -%}
    select
        {{ one }} as one_place,
        {{ other }} as other_place,
        segment_code_{{ one }} as one_segment_code,
        segment_code_{{ other }} as other_segment_code,
        customer_group,
        {% for measure in measures -%}
        {{ measure }},
        {% endfor -%}
        as_of_date
    from alike
    {% if not (loop.last and one == places[-2]) %}union all
    {% endif %}
    {%- endfor %}
    {%- endfor %}
),

-- The two in the order of their codes, whichever explains more.
named as (

    select
        least(one.scheme, other.scheme) as first_scheme,
        greatest(one.scheme, other.scheme) as second_scheme,
        case when one.scheme < other.scheme then crossed.one_segment_code else crossed.other_segment_code end
            as first_segment_code,
        case when one.scheme < other.scheme then crossed.other_segment_code else crossed.one_segment_code end
            as second_segment_code,
        crossed.*
    from crossed
    inner join crossed_schemes as one on crossed.one_place = one.place
    inner join crossed_schemes as other on crossed.other_place = other.place

),

pair_sums as (

    select
        first_scheme || ' * ' || second_scheme as scheme,
        first_scheme,
        second_scheme,
        {{ crossed_segment('first_segment_code', 'second_segment_code') }} as segment_code,
        customer_group,
        {% for measure in measures -%}
        sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        as_of_date
    from named
    -- Several pairs of segments are one cell where either is unknown.
    group by
        first_scheme,
        second_scheme,
        {{ crossed_segment('first_segment_code', 'second_segment_code') }},
        customer_group,
        as_of_date

)

select * from pair_sums
