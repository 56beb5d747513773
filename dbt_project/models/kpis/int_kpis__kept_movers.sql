-- One row per scheme that rules decide, pair of segments, kind of period and date at which memberships are frozen:
-- who moved since memberships of the period before were frozen, and what they bought in both. Kept by that date.
{{ config(materialized='kpi_history', meta={'inputs_hash': 'inputs_hash', 'parts': ['month', 'quarter', 'year']}) }}

{{ kpi_movers(of_models=false) }}
