-- One row per scheme that rules decide, segment, kind of period and date at which memberships are frozen: what its
-- members did in the period and in the one before. Kept by that date, because neither who was a member nor what
-- happened changes once the period is over. The scheme "all" holds everybody, and everybody else.
{{ config(materialized='kpi_history', meta={'inputs_hash': 'inputs_hash', 'parts': ['month', 'quarter', 'year']}) }}

{{ kpi_sums(of_models=false) }}
