{#-
    Every version of every record: what was once true of a person still tells who left that address or number somewhere.
    A version delivered again corrects the earlier delivery of it, and so does a record without a version the one
    delivered before. Of a record whose newest version is deleted no version is given: the person asked to be gone, or
    the record was merged into another. One that was restored keeps all of its versions.
    deleted: a condition that is true of a deleted version; none where the source does not tell.
-#}
{% macro record_versions(relation, key, version, deleted=none) -%}
    select *
    from {{ relation }}
    qualify
        row_number() over (
            partition by {{ key | join(', ') }}, {{ version }}
            order by _batch_sequence desc, _row_number desc
        ) = 1
        {%- if deleted %}
        and not first_value(coalesce({{ deleted }}, false)) over (
            partition by {{ key | join(', ') }}
            order by {{ version }} desc nulls last, _batch_sequence desc, _row_number desc
        )
        {%- endif %}
{%- endmacro %}
