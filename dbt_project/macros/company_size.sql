{#-
    The size class of a company by the European Commission's Recommendation 2003/361: the larger of the classes that
    its staff and its revenue give, as both have to stay within a class's limits; where one of them is not known, that
    of the other alone. Null where nothing is known. Staff stays below its limit, revenue may reach it.
-#}
{% macro company_size_class(employees, revenue) -%}
    case
        when {{ employees }} is null and {{ revenue }} is null then null
        {%- for size in ['micro', 'small', 'medium'] %}
        when
            coalesce({{ employees }} < {{ var('firmographic_' ~ size ~ '_employees_count') }}, true)
            and coalesce({{ revenue }} <= {{ var('firmographic_' ~ size ~ '_revenue_amount') }}, true)
            then '{{ size }}'
        {%- endfor %}
        else 'large'
    end
{%- endmacro %}
