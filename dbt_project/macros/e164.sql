{#-
    A telephone number as E.164 has it (+491761234567), from any notation: +49 (0)176/1234567, 0049 176 1234567,
    0176-1234567. Null for what cannot be a number: too few digits for the country or more than 15, one digit all
    along, or a national number without a country.

    `country` is the alias of a row of the seed `countries`: the record's country, or the company's own where it names
    none. Digits without a plus that begin with the country's own code are an international number that lost its plus
    in a spreadsheet if there are more of them than in a usual national number. What follows the first number (an
    extension, a second number after a word) is not read.
-#}
{% macro e164(phone, country) -%}
    list_transform(
        list_transform(
            list_transform(
                list_transform(
                    [{{ phone }}],
                    lambda written: {{ dialled('written') }}
                ),
                lambda dialled: case
                    when
                        starts_with(dialled, {{ country }}.calling_code)
                        and length(dialled) > {{ country }}.usual_number
                        and length(dialled) - length({{ country }}.calling_code) between {{ country }}.shortest_number
                        and {{ country }}.longest_number + length(coalesce({{ country }}.trunk_prefix, ''))
                        then '+' || dialled
                    else dialled
                end
            ),
            lambda dialled: case
                when starts_with(dialled, '+') then {{ international_digits('dialled', country) }}
                else {{ national_digits('dialled', country) }}
            end
        ),
        lambda digits: case
            when
                length(digits) between 7 and 15
                and not starts_with(digits, '0')
                {#- A calling code has up to three digits; what follows it must be more than one digit repeated. #}
                and length(rtrim(digits, right(digits, 1))) > 3
                then '+' || digits
        end
    )[1]
{%- endmacro %}

{#-
    The digits of a written number, with a plus in front where it is international. A zero in brackets is dialled
    within the country only and falls behind the code of any but Italy and San Marino, whose numbers keep theirs.
-#}
{% macro dialled(written) -%}
    list_transform(
        [regexp_replace({{ written }}, '([0-9])[^0-9+]*[\p{L}#;].*$', '\1', 's')],
        lambda number: regexp_replace(
            case when regexp_matches(number, '^[^0-9]*\+') then '+' else '' end
            || regexp_replace(
                case
                    when contains(number, '(0)') and not regexp_matches(number, '^[^0-9]*(?:\+|00)[^0-9]*(?:39|378)\b')
                        then regexp_replace(number, '^([^0-9]*(?:\+|00)[^(]*)\(0\)', '\1')
                    else number
                end,
                '[^0-9]+', '', 'g'
            ),
            '^\+?00', '+'
        )
    )[1]
{%- endmacro %}

{#- Digits after the plus, without the trunk prefix of the country if its code is followed by one. -#}
{% macro international_digits(dialled, country) -%}
    {%- set prefix = "('+' || " ~ country ~ ".calling_code || " ~ country ~ ".trunk_prefix)" -%}
    case
        when
            starts_with({{ dialled }}, {{ prefix }})
            and length({{ dialled }}) - length({{ prefix }}) >= {{ country }}.shortest_number
            then {{ country }}.calling_code || substr({{ dialled }}, length({{ prefix }}) + 1)
        else substr({{ dialled }}, 2)
    end
{%- endmacro %}

{#-
    Digits of a national number behind its country's code, null where there are too few or too many of them. A trunk
    prefix that is no zero may also begin the number itself (800 in Russia), which its length tells.
-#}
{% macro national_digits(dialled, country) -%}
    {%- set shortest, longest = country ~ ".shortest_number", country ~ ".longest_number" -%}
    {%- set prefix = country ~ ".trunk_prefix" -%}
    case
        when
            starts_with({{ dialled }}, {{ prefix }})
            and length({{ dialled }}) - length({{ prefix }}) between {{ shortest }} and {{ longest }}
            then {{ country }}.calling_code || substr({{ dialled }}, length({{ prefix }}) + 1)
        when
            length({{ dialled }}) between {{ shortest }} and {{ longest }}
            and ({{ prefix }} is null or not starts_with({{ dialled }}, '0'))
            then {{ country }}.calling_code || {{ dialled }}
    end
{%- endmacro %}
