-- One row per scheme that a model decides, segment, kind of period and date at which memberships are frozen: what its
-- members did in the period and in the one before. Kept for as long as the model labels that date as before.
{{ config(
    materialized='kpi_history',
    meta={'inputs_hash': 'model_inputs_hash', 'parts': ['month', 'quarter', 'year']},
    enabled=var('model_schemes') | length > 0,
) }}

{{ kpi_sums(of_models=true) }}
