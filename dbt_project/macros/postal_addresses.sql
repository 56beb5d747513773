{#-
    A street for comparing addresses: folded, without the house number and the flat, usual abbreviations written out. A
    Straße, Strasse or Str. at the end is one word with the name (goethestrasse), as writers part the two as they like.
-#}
{% macro street_key(street) -%}
    {%- set first_words = {
        'st': 'saint', 'sankt': 'saint', 'r': 'rue', 'c': 'calle', 'rte': 'route', 'ch': 'chemin', 'ul': '',
    } -%}
    {%- set last_words = {'st': 'street', 'dr': 'drive', 'ct': 'court'} -%}
    {%- set words = {
        'rd': 'road', 'ave': 'avenue', 'av': 'avenue', 'avda': 'avenida', 'blvd': 'boulevard', 'bd': 'boulevard',
        'ln': 'lane', 'sq': 'square', 'pl': 'place', 'hwy': 'highway', 'pkwy': 'parkway', 'cres': 'crescent',
    } -%}
    {%- set name = "list_transform([" ~ without_flat(street) ~ "], lambda address: "
        ~ without_house_number('address') ~ ")[1]" -%}
    {#- The first word begins with ^ and the last one ends with $ while short forms are looked up. #}
    nullif(trim(replace(array_to_string(list_transform(
        string_split('^' || {{ folded(name) }} || '$', ' '),
        lambda word: case
            when ends_with(word, 'str') then word || 'asse'
            when ends_with(word, 'str$') then rtrim(word, '$') || 'asse$'
            when ends_with(word, 'pl$') and length(word) > 4 then rtrim(word, '$') || 'atz$'
            when length(word) > 6 then word
            {%- for short, long in first_words.items() %}
            when word = '^{{ short }}' then '{{ long }}'
            {%- endfor %}
            {%- for short, long in last_words.items() %}
            when word = '{{ short }}$' then '{{ long }}'
            {%- endfor %}
            {%- for short, long in words.items() %}
            when word in ('{{ short }}', '{{ short }}$') then '{{ long }}'
            {%- endfor %}
            else word
        end
    ), ' '), ' strasse$', 'strasse'), '^$ '), '')
{%- endmacro %}

{#-
    The house number with its letter (12a, 12bis), null if there is none: in front of the street as in Britain, France
    and America, else the last thing written, else the first number behind the street's name. Of a range the first.
-#}
{% macro house_number(street) -%}
    list_transform(
        [{{ without_flat(street) }}],
        lambda address: nullif(lower(replace(coalesce(
            nullif(regexp_extract(address, '{{ leading_number() }}', 1, 'i'), ''),
            nullif(regexp_extract(address, '{{ closing_number() }}', 1, 'i'), ''),
            regexp_extract(address, '{{ inner_number() }}', 1, 'i')
        ), ' ', '')), '')
    )[1]
{%- endmacro %}

{#- A street without the house number that house_number finds in it. -#}
{% macro without_house_number(address) -%}
    case
        when regexp_matches({{ address }}, '{{ leading_number() }}', 'i')
            then regexp_replace({{ address }}, '{{ leading_number() }}', '', 'i')
        when regexp_matches({{ address }}, '{{ closing_number() }}', 'i')
            then regexp_replace({{ address }}, '{{ closing_number() }}', '', 'i')
        else regexp_replace({{ address }}, '{{ inner_number() }}.*$', '', 'is')
    end
{%- endmacro %}

{#- A street without flats, floors and staircases, which some write in front of the number and some behind it. -#}
{% macro without_flat(street) -%}
    {%- set words = [
        'apt', 'apartment', 'appartement', 'appt', 'app', 'ap', 'flat', 'unit', 'suite', 'ste', 'room',
        'wohnung', 'whg', 'top', 'stiege', 'floor', 'etage', 'stock', 'bus', 'bte', 'boite', 'boîte', 'piso',
        'bl', 'm', 'lok', '#',
    ] -%}
    trim(regexp_replace(
        {{ street }},
        '(?:^|[\s,;/]+)(?:(?:'
        || '(?:{{ words | join("|") }})'
        || '(?:(?:\.\s*|\s+)?(?:(?:no|nr)\.?\s*|#\s*)?[0-9]+[a-z]?|(?:\.\s*|\s+)[a-z][0-9]*)'
        || '|[0-9]+(?:st|nd|rd|th|\.|er|e|º)?\s*(?:floor|stock|og|etage|étage|piso)'
        || ')(?:[\s,;/]+|$))+',
        ' ', 'i'
    ), ' ,;')
{%- endmacro %}

{#- A number in front of the street: 12 High Street, 12 bis rue de la Paix, 12-14 High Street; but not 5th Avenue. -#}
{% macro leading_number() -%}
    ^\s*(?:(?:no|nr|n)[.°º]?\s*)?([0-9]+(?: ?(?:bis|ter|quater)| ?[a-z])?)(?:\s*[-–/]\s*[0-9]+[a-z]?)?[\s,]+
{%- endmacro %}

{#- A number at the end: Hauptstraße 5a, Hauptstraße 12-14, Hauptstraße 12/3/4, Keizersgracht 123-II. -#}
{% macro closing_number() -%}
    (?:^|[\s,.]+)(?:(?:no|nr|n|č)[.°º]?\s*)?([0-9]+(?: ?(?:bis|ter|quater)| ?[a-z])?)(?:\s*[-–/+]\s*[0-9a-z]+)*\s*$
{%- endmacro %}

{#- A number behind a word, but no ordinal: Calle Mayor, 5, 3º B, not Straße des 17. Juni. -#}
{% macro inner_number() -%}
    [\s,]+(?:(?:no|nr|n)[.°º]?\s*)?([0-9]+[a-z]?)(?:[\s,/–-]|$)
{%- endmacro %}

{#-
    A postal code in capitals without blanks, hyphens and the apostrophe of spreadsheets, and without the country in
    front of it (D-80331, A 1010): one or two letters are a country's if a hyphen or nothing but digits follows.
-#}
{% macro postal_key(postal_code) -%}
    nullif(regexp_replace(
        regexp_replace(
            upper({{ postal_code }}),
            '^[^\p{L}\p{N}]*(?:[A-Z]{1,2}|FIN)(?:\s*[-–]\s*([0-9])|\s+([0-9]+\s*)$)', '\1\2'
        ),
        '[^\p{L}\p{N}]+', '', 'g'
    ), '')
{%- endmacro %}

{#- A country as the seed country_names writes it: folded, U.S.A. as usa, without an article in front. -#}
{% macro country_key(country) -%}
    nullif(regexp_replace({{ folded("replace(" ~ country ~ ", '.', '')") }}, '^(?:the )+', ''), '')
{%- endmacro %}

{#- The first two characters of a postal code: an area of many streets, which names nobody. -#}
{% macro postal_area(postal_code) -%}
    left({{ postal_key(postal_code) }}, 2)
{%- endmacro %}
