-- One row per date at which memberships are frozen: everything that decides the sums of its periods, as one number.
-- That is what was known and foretold by the date, by the date before the period before and by the end of the period,
-- and what customers did in the months of both periods; in a second number also who was in which segment of the
-- schemes that models decide.
{% set of_models = var('model_schemes') | length > 0 %}

with periods as (

    select * from {{ ref('int_kpis__periods') }}

),

months as (

    select * from {{ ref('int_kpis__months') }}

),

known_inputs as (

    select * from {{ ref('int_predictions__inputs') }}

),

{% if of_models -%}
model_inputs as (

    select * from {{ ref('int_kpis__model_inputs') }}

),

{% endif -%}
happened as (

    select
        periods.period_kind,
        sum(hash(months.input_date, months.inputs_hash)) as events_hash,
        periods.membership_date
    from periods
    inner join months
        on periods.previous_start_date <= months.input_date and periods.period_end_date >= months.input_date
    group by periods.period_kind, periods.membership_date

),

numbered as (

    select
        hash(
            periods.period_kind,
            periods.has_previous,
            known_at_start.inputs_hash,
            known_at_end.inputs_hash,
            known_before.inputs_hash,
            happened.events_hash
        ) as period_hash,
        {{ 'hash(labels_at_start.labels_hash, labels_before.labels_hash)' if of_models else 'cast(0 as hugeint)' }}
            as labels_hash,
        known_at_start.customers_count,
        periods.membership_date
    from periods
    inner join known_inputs as known_at_start on periods.membership_date = known_at_start.input_date
    inner join known_inputs as known_at_end on periods.period_end_date = known_at_end.input_date
    left join known_inputs as known_before on periods.previous_membership_date = known_before.input_date
    left join happened
        on periods.period_kind = happened.period_kind and periods.membership_date = happened.membership_date
    {% if of_models -%}
    inner join model_inputs as labels_at_start on periods.membership_date = labels_at_start.input_date
    left join model_inputs as labels_before on periods.previous_membership_date = labels_before.input_date
    {%- endif %}

),

inputs as (

    select
        cast(sum(period_hash) as hugeint) as inputs_hash,
        cast(sum(period_hash) + sum(labels_hash) as hugeint) as model_inputs_hash,
        cast(any_value(customers_count) as bigint) as customers_count,
        membership_date as input_date
    from numbered
    group by membership_date

)

select * from inputs
