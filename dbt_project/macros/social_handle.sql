{#- An account as everybody writes it at least once: without the leading @, in lower case. -#}
{% macro social_handle(column) -%}
    lower(ltrim(trim({{ column }}), '@'))
{%- endmacro %}

{#- A platform in lower case, under the name it has today: exports from before X was renamed say twitter. -#}
{% macro social_platform(column) -%}
    case when lower(trim({{ column }})) = 'twitter' then 'x' else lower(trim({{ column }})) end
{%- endmacro %}
