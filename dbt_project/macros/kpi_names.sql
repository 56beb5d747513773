{#- A segment's name for a reader, those that stand beside the catalogue's included; needs `segment_catalog`. -#}
{% macro kpi_segment_name(relation) -%}
    coalesce(
            segment_catalog.segment_name,
            case {{ relation }}.segment_code
                when 'all' then 'All customers'
                when 'entered' then 'Became known in the period'
                when 'anonymous' then 'Orders that name nobody'
                when 'other' then 'Other (small segments)'
                else {{ relation }}.segment_code
            end
        )
{%- endmacro %}

{#- A period for a reader: June 2026, second quarter of 2026, 2026. -#}
{% macro period_name(relation) -%}
    case {{ relation }}.period_kind
            when 'month' then strftime({{ relation }}.period_start_date, '%B %Y')
            when 'quarter'
                then
                    ['first', 'second', 'third', 'fourth'][quarter({{ relation }}.period_start_date)]
                    || ' quarter of ' || year({{ relation }}.period_start_date)
            else cast(year({{ relation }}.period_start_date) as varchar)
        end
{%- endmacro %}

{#- The value of a KPI for a reader, by the unit that the catalogue of KPIs gives. -#}
{% macro kpi_words(value, unit) -%}
    case {{ unit }}
            when 'share' then printf('%.1f', 100 * {{ value }}) || ' %'
            when 'amount' then printf('%,.2f', {{ value }}) || ' {{ var("base_currency") }}'
            else printf('%.1f', {{ value }})
        end
{%- endmacro %}
