-- One row per customer and as_of_date: the cell of the cross of two schemes that has earned its place, as the served
-- version's mart scheme_pairs says (combined_pair); no rows while none has. Tonight's outcomes are not asked, which no
-- segment may know. Whatever could be a part is named here, so that the graph is the same for every pair.
{{ config(materialized='as_of_history') }}
{% set pair = var('combined_pair') -%}
{% if model.resource_type != 'unit_test' -%}
{% for scheme in combinable_schemes() -%}
{% do ref(scheme_model(scheme)) -%}
{% endfor -%}
{% endif -%}

{% if pair -%}
with first_scheme as (

    select * from {{ ref(scheme_model(pair[0])) }}
    where {{ computed_now(inputs='int_predictions__inputs') }} and scheme = '{{ pair[0] }}'

),

second_scheme as (

    select * from {{ ref(scheme_model(pair[1])) }}
    where {{ computed_now(inputs='int_predictions__inputs') }} and scheme = '{{ pair[1] }}'

),

segmented as (

    select
        first_scheme.customer_id,
        'combined' as scheme,
        {{ crossed_segment('first_scheme.segment_code', 'second_scheme.segment_code') }} as segment_code,
        {{ crossed_segment(
            'first_scheme.segment_code_on_previous_boundaries', 'second_scheme.segment_code_on_previous_boundaries'
        ) }} as segment_code_on_previous_boundaries,
        cast(null as double) as score,
        -- No surer than the part that is less sure; rules have no confidence.
        cast(least(first_scheme.confidence, second_scheme.confidence) as double) as confidence,
        case
            when first_scheme.reasons is not null
                then list_concat(first_scheme.reasons[1:1], second_scheme.reasons[1:1])
        end as reasons,
        first_scheme.as_of_date
    from first_scheme
    inner join second_scheme
        on
            first_scheme.customer_id = second_scheme.customer_id
            and first_scheme.as_of_date = second_scheme.as_of_date

)

{% else -%}
with segmented as (

    select
        cast(null as varchar) as customer_id,
        'combined' as scheme,
        cast(null as varchar) as segment_code,
        cast(null as varchar) as segment_code_on_previous_boundaries,
        cast(null as double) as score,
        cast(null as double) as confidence,
        cast(null as struct(feature varchar, "value" varchar, effect double)[]) as reasons,
        as_of_date
    from {{ ref('as_of_dates') }}
    where {{ computed_now(inputs='int_predictions__inputs') }} and false

)

{% endif -%}
select * from segmented
