{#-
    A segment's code out of a text that somebody wrote: "A good price" is a_good_price. Texts that begin with a digit get
    a word in front, and those without a Latin letter or digit a digest, so that every text has a code.
-#}
{% macro segment_slug(text) -%}
    case
        when {{ text }} is null then null
        when regexp_matches({{ folded(text) }}, '^[a-z]')
            then rtrim(regexp_replace({{ folded(text) }}, '[^a-z0-9]+', '_', 'g'), '_')
        else rtrim(
            'choice_' || coalesce(
                nullif(ltrim(regexp_replace({{ folded(text) }}, '[^a-z0-9]+', '_', 'g'), '_'), ''), left(md5({{ text }}), 8)
            ),
            '_'
        )
    end
{%- endmacro %}
