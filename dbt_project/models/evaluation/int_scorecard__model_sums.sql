-- One row per scheme that a model decides, segment, group of customers and evaluated date whose first horizon is over:
-- how many customers, what they did afterwards, how many can be reached. All dates every night, because tonight's model
-- labels the older dates too.
{{ config(materialized='table', enabled=var('model_schemes') | length > 0) }}

{{ scorecard_sums(of_models=true) }}
