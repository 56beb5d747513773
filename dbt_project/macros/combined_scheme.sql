{#-
    The schemes that may be parts of a cross: those that rules decide. What a model says of the past it learned later, so
    that a cross with it could neither be judged by what followed nor be kept; and a cross is no part of another one.
-#}
{% macro combinable_schemes() -%}
    {{ return(
        (var('schemes') | reject('in', var('model_schemes') + ['combined']) | list)
        + (var('custom_schemes') | map(attribute='scheme') | list)
    ) }}
{%- endmacro %}

{#- The model that gives a scheme's segments. -#}
{% macro scheme_model(scheme) -%}
    {{ return(
        'seg_customers__'
        ~ ('custom' if scheme in (var('custom_schemes') | map(attribute='scheme') | list) else scheme)
    ) }}
{%- endmacro %}

{#-
    The segment of a cross, of the segments of its two schemes: unknown where either of them is. No code of a segment has
    two underscores in a row, so that no two crosses are called alike.
-#}
{% macro crossed_segment(first, second) -%}
    case
        when {{ first }} is null or {{ second }} is null then null
        when {{ first }} = 'unknown' or {{ second }} = 'unknown' then 'unknown'
        when {{ first }} = 'not_applicable' and {{ second }} = 'not_applicable' then 'not_applicable'
        else {{ first }} || '__' || {{ second }}
    end
{%- endmacro %}

{#- What the catalogue, the data or tessera.yml say of a scheme's segments; `segment_catalog` is the seed. -#}
{% macro segments_of_scheme(scheme) -%}
    {%- set columns = 'segment_code, segment_name, description, rule, display_order, owner' -%}
    select {{ columns }} from segment_catalog
    where scheme = '{{ scheme }}'
    {%- if scheme in var('derived_schemes') %}
    union all
    select {{ columns }} from {{ ref('int_segments__' ~ scheme) }}
    {%- endif %}
    {%- for custom in var('custom_schemes') if custom.scheme == scheme %}
    {%- for segment in custom.segments %}
    union all
    select
        '{{ segment.segment_code }}' as segment_code,
        {{ sql_text(segment.segment_name) }} as segment_name,
        {{ sql_text(segment.description) }} as description,
        {{ sql_text(segment.rule) }} as rule,
        {{ segment.display_order }} as display_order,
        {{ sql_text(segment.owner) }} as owner
    {%- endfor %}
    {%- endfor %}
{%- endmacro %}
