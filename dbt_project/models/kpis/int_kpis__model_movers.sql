-- One row per scheme that a model decides, pair of segments, kind of period and date at which memberships are frozen:
-- who moved since memberships of the period before were frozen, and what they bought in both. Kept for as long as the
-- model labels both dates as before.
{{ config(
    materialized='kpi_history',
    meta={'inputs_hash': 'model_inputs_hash', 'parts': ['month', 'quarter', 'year']},
    enabled=var('model_schemes') | length > 0,
) }}

{{ kpi_movers(of_models=true) }}
