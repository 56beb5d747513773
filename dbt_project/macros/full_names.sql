{#- The given names of a full name, null where it holds none: Anna of Anna van den Berg, of Berg, Anna. -#}
{% macro given_name_of(full_name) -%}
    list_transform(
        [{{ untitled_name(full_name) }}],
        lambda name: case
            when contains(name, ',')
                then nullif({{ without_leading_titles("trim(regexp_extract(name, ',(.*)$', 1))") }}, '')
            when regexp_matches(name, '^(?:{{ name_particles() }} )+[^ ]+$', 'i') then null
            else nullif(regexp_extract(name, '^(.+?) (?:{{ name_particles() }} )*[^ ]+$', 1, 'i'), '')
        end
    )[1]
{%- endmacro %}

{#- The family name of a full name: what stands before a comma, or the last word with the particles in front of it. -#}
{% macro family_name_of(full_name) -%}
    list_transform(
        [{{ untitled_name(full_name) }}],
        lambda name: nullif(
            case
                when contains(name, ',') then trim(split_part(name, ',', 1))
                when regexp_matches(name, '^(?:{{ name_particles() }} )+[^ ]+$', 'i') then name
                else regexp_extract(name, '^(?:.+? )??((?:{{ name_particles() }} )*[^ ]+)$', 1, 'i')
            end,
            ''
        )
    )[1]
{%- endmacro %}

{#- A full name with single blanks, without titles in front of it and without titles and generations behind it. -#}
{% macro untitled_name(full_name) -%}
    {%- set behind_a_comma = [
        'jr', 'sr', 'dr', 'prof', 'md', 'm\\.d', 'mba', 'ba', 'ma', 'bsc', 'b\\.sc', 'msc', 'm\\.sc', 'llm',
        'll\\.m', 'dds', 'dipl\\. ?-?[a-z]+',
    ] -%}
    {%- set anywhere_behind = ['jr', 'jun', 'ii', 'iii', 'iv', 'phd', 'ph\\.d', 'esq'] -%}
    {{ without_leading_titles(
        "trim(regexp_replace(trim(regexp_replace(" ~ full_name ~ ", '[\\s\\p{Z}\\p{Cc}]+', ' ', 'g')), "
        ~ "'(?: ?, ?(?:" ~ behind_a_comma | join("|") ~ ")| ?,? (?:" ~ anywhere_behind | join("|") ~ "))\\.?$', "
        ~ "'', 'i'))"
    ) }}
{%- endmacro %}

{#- Titles and forms of address fall in front of a name; those that are names themselves only with their full stop. -#}
{% macro without_leading_titles(name) -%}
    {%- set words = [
        'dr', 'prof', 'professor', 'doctor', 'dott', 'dottssa', 'drs', 'dhr', 'mr', 'mrs', 'ms', 'miss', 'mx',
        'sir', 'herr', 'frau', 'hr', 'mme', 'mlle', 'monsieur', 'madame', 'mademoiselle', 'signor', 'signora',
        'sig', 'sra', 'srta', 'señor', 'señora', 'mevrouw', 'mevr',
    ] -%}
    {%- set abbreviations = [
        'dipl', 'ing', 'mag', 'ir', 'fr', 'sr', 'med', 'phil', 'jur', 'rer', 'nat', 'pol', 'oec', 'dent', 'vet',
        'habil', 'mult', 'h', 'c', 'univ',
    ] -%}
    regexp_replace(
        {{ name }},
        '^(?:'
        || '(?:(?:{{ words | join("|") }})(?: ?\. ?-?| )|dipl\. ?-?(?:ing|kfm|kffr|inf|psych|biol)\.? )'
        || '(?:(?:{{ abbreviations | join("|") }})\. ?)*'
        || ')+',
        '', 'i'
    )
{%- endmacro %}

{#- The words that belong to the family name behind them, as an alternative of a regular expression. -#}
{% macro name_particles() -%}
    (?:{{ [
        'van', 'von', 'vom', 'vander', 'de', 'der', 'den', 'des', 'ten', 'ter', 'te', "''t", 'op', 'ver', 'di',
        'da', 'do', 'dos', 'das', 'del', 'della', 'dello', 'degli', 'dei', 'la', 'las', 'los', 'le', 'du', 'zu',
        'zum', 'zur', 'af', 'av', 'bin', 'ibn', 'al', 'el',
    ] | join("|") }})
{%- endmacro %}
