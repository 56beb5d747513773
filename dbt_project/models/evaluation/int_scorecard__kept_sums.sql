-- One row per scheme that rules decide, segment, group of customers and evaluated date whose first horizon is over: how
-- many customers, what they did afterwards, how many can be reached. Kept by date, because neither what was known by a
-- date nor what followed it changes once both are over.
{% set schemes = (var('schemes') | reject('in', var('model_schemes')) | list)
    + (var('custom_schemes') | map(attribute='scheme') | list) %}
{{ config(materialized='scorecard_history', meta={'rows_per_customer': [schemes | length, 1] | max}) }}

{{ scorecard_sums(of_models=false) }}
