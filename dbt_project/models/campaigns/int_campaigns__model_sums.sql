-- One row per campaign, scheme that a model decides, segment, arm and evaluated date from which the segments are taken:
-- sums of what customers did before and after they were assigned. All of them every night, because tonight's model
-- labels the older dates too.
{{ config(materialized='table', enabled=var('model_schemes') | length > 0) }}

{{ campaign_segment_sums(of_models=true) }}
