-- One row per campaign, scheme that rules decide, segment, arm and evaluated date from which the segments are taken:
-- sums of what customers did before and after they were assigned. Kept by date, because neither the segments nor what
-- followed changes once both are over.
{% set schemes = (var('schemes') | reject('in', var('model_schemes')) | list)
    + (var('custom_schemes') | map(attribute='scheme') | list) %}
{{ config(materialized='campaign_history', meta={'rows_per_customer': [schemes | length, 1] | max}) }}

{{ campaign_segment_sums(of_models=false) }}
