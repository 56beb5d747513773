{#-
    Of a best-worst task's JSON answer the three parts that tell the choice, null where it is no JSON object. Whatever
    else stands there may be a text that names people.
-#}
{% macro best_worst_choice(answer_text) -%}
    {%- set answer = 'try_cast(' ~ answer_text ~ ' as json)' -%}
    case
        when json_type({{ answer }}) = 'OBJECT'
            then cast(json_object(
                'shown', json_extract({{ answer }}, '$.shown'),
                'best', json_extract({{ answer }}, '$.best'),
                'worst', json_extract({{ answer }}, '$.worst')
            ) as varchar)
    end
{%- endmacro %}
{#- An item of a task with one spelling: without blanks around it, line breaks, control and direction characters. -#}
{% macro item_text(item) -%}
    nullif(trim(regexp_replace({{ item }}, '[\s\p{Z}\p{Cc}\x{202A}-\x{202E}\x{2066}-\x{2069}]+', ' ', 'g')), '')
{%- endmacro %}
