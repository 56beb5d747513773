{#-
    A record sent again in a later batch corrects the earlier one: it is not a second record.
    Within one batch keys are already unique (a repeated key is quarantined at the door).
-#}
{% macro latest_rows(relation, key) -%}
    select *
    from {{ relation }}
    qualify row_number() over (
        partition by {{ key | join(', ') }}
        order by _batch_sequence desc, _row_number desc
    ) = 1
{%- endmacro %}
