{#- An industry code for looking up: capitals and digits alone (G47.11 is G4711). -#}
{% macro industry_code_key(industry_code) -%}
    nullif(regexp_replace(upper({{ industry_code }}), '[^0-9A-Z]', '', 'g'), '')
{%- endmacro %}

{#-
    The classification that a code is of: the one that its source names; else NAICS for six digits, which NACE and ISIC
    never have; else NACE (ISIC has the same sections and divisions), with the section's letter in front or without.
-#}
{% macro industry_code_system(industry_code, system) -%}
    case
        when {{ industry_code }} is null then null
        when {{ system }} is not null then {{ system }}
        when regexp_full_match({{ industry_code_key(industry_code) }}, '[0-9]{6}') then 'naics'
        else 'nace'
    end
{%- endmacro %}
