{#-
    Which dates a model of materialization as_of_history computes. The materialization runs the model's SQL for the dates
    that have to be computed, with these in place of the mark; import with it whatever has a row per date:

        select * from {{ ref('int_customers__as_of') }} where {{ computed_now() }}

    Unit tests give the dates themselves, so the SQL must be right for any number of them. A model that reads predictions,
    or what was made of them, is kept by these as well and names the inputs:

        where {{ computed_now(inputs='int_predictions__inputs') }}
-#}
{% macro computed_now(as_of_date='as_of_date', inputs='int_as_of__inputs') -%}
    {%- if model.resource_type == 'unit_test' -%}
        true
    {%- else -%}
        {#- Named here, so that dbt builds it before whatever asks it. -#}
        {%- do ref(inputs) -%}
        {{ as_of_date }} in ('{{ as_of_mark() }}')
    {%- endif -%}
{%- endmacro %}

{#- What stands for the dates in the SQL of such a model until it is run. -#}
{% macro as_of_mark() -%}
    the date that is computed
{%- endmacro %}

{#-
    Which part a model computes that names its parts in meta.parts, because joins of all of them at once would not fit
    into memory: a condition that is false, and so costs nothing, while another part is computed.
-#}
{% macro computed_part(part) -%}
    {%- if model.resource_type == 'unit_test' -%}
        true
    {%- else -%}
        '{{ part }}' = '{{ part_mark() }}'
    {%- endif -%}
{%- endmacro %}

{#- What stands for the part in the SQL of such a model until it is run. -#}
{% macro part_mark() -%}
    the part that is computed
{%- endmacro %}
