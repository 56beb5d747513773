{#-
    The newest version of every key. A record sent again in a later batch corrects the earlier one: it is not a second
    record. Where records carry a version (updated_at), the greatest one wins whenever it was delivered; among equal
    ones, and where there is none, the later delivery.
-#}
{% macro latest_rows(relation, key, version=none) -%}
    select *
    from {{ relation }}
    qualify row_number() over (
        partition by {{ key | join(', ') }}
        order by {% if version %}{{ version }} desc nulls last, {% endif %}_batch_sequence desc, _row_number desc
    ) = 1
{%- endmacro %}

{#-
    For tables whose lines have no key of their own: the rows of every group (an order) from the newest batch that has
    the group, so that an order sent again replaces all its lines.
-#}
{% macro latest_groups(relation, group) -%}
    select *
    from {{ relation }}
    qualify _batch_sequence = max(_batch_sequence) over (partition by {{ group | join(', ') }})
{%- endmacro %}
