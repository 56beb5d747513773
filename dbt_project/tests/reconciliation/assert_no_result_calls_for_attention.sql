-- Results that fell (or costs that rose) by more than chance would let them, and targets that are missed: the worst
-- first. It warns and stops nothing.
{{ config(severity='warn') }}

with alerts as (

    select * from {{ ref('kpi_alerts') }}

),

worst as (

    select sentence
    from alerts
    where (is_alert and direction = 'bad') or not is_target_met
    order by
        coalesce(is_target_met, true) asc,
        abs(effect_size) desc nulls last,
        sentence asc

)

select * from worst
