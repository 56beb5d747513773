{#-
    Responses of Qualtrics that somebody gave, each once. Previews (1), tests (2) and spam (8) are no answers of
    customers. Numeric exports add the codes up: 9 is the spam of a preview. Responses that were never finished are kept:
    what was answered was answered.
-#}
{% macro qualtrics_responses(relation) -%}
    select *
    from ({{ latest_rows(relation, ['response_id']) }})
    where
        not regexp_matches(lower(coalesce(status, '')), 'preview|test|spam')
        and coalesce(try_cast(status as integer), 0) & (1 + 2 + 8) = 0
{%- endmacro %}
