-- One row per scheme that a model decides, pair of segments and evaluated date: who went from one to the other, and
-- what they were worth before and after. Kept for as long as the model labels both dates as before.
{{ config(materialized='labels_history', enabled=var('model_schemes') | length > 0) }}

{{ segment_steps(of_models=true) }}
