-- One row per customer, scheme and evaluated date: the segment beside that of the evaluated date before, from which
-- memberships and transitions are made; null before for a customer who had not been known.
{{ config(materialized='view') }}

with kept_steps as (

    select * from {{ ref('int_segmentations__kept_steps') }}

),

{% if var('model_schemes') -%}
model_steps as (

    select * from {{ ref('int_segmentations__model_steps') }}

),

{% endif -%}
steps as (

    select * from kept_steps
    {% if var('model_schemes') -%}
    union all by name
    select * from model_steps
    {%- endif %}

)

select * from steps
