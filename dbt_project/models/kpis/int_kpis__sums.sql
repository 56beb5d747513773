-- One row per scheme, segment, kind of period and date at which memberships are frozen: what its members did in the
-- period and in the one before, of all schemes. The segments are those that customers are in; none is folded yet.
{{ config(materialized='view') }}

with sums as (

    select * from {{ ref('int_kpis__kept_sums') }}
    {% if var('model_schemes') -%}
    union all by name
    select * from {{ ref('int_kpis__model_sums') }}
    {%- endif %}

)

select * from sums -- noqa: AM04
