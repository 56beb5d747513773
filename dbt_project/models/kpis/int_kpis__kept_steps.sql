-- One row per scheme that rules decide, pair of segments and evaluated date: who went from one to the other, and what
-- they were worth before and after. Kept by date, because a step between two past dates only changes when one of them
-- does.
{{ config(materialized='as_of_history') }}

{{ segment_steps(of_models=false) }}
