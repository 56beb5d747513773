{#-
    A text for comparing names: lower case, letters, digits and single blanks, null where nothing of that is left.

    Umlauts are written as in e-mail addresses and passports (ICAO 9303: ä ae, ö oe, ü ue, ø oe, ß ss), so that Müller
    meets Mueller and Sørensen meets Sörensen and Soerensen; other accents fall. Apostrophes and invisible characters
    join what they stand between (O'Brien is obrien), everything else that is no letter parts it (Karl-Marx is karl
    marx), and so does an accent that has no letter to stand on. Accents fall in Latin and Greek only: in other scripts
    the same marks make other letters (й, が) or are the vowels. The Russian ё is the exception, as Russians write е for
    it.

    DuckDB compiles the regular expressions inside a lambda anew for every two thousand rows, which for classes of all
    letters takes longer than the rows do: those stand outside.
-#}
{% macro folded(text) -%}
    list_transform(
        [trim(regexp_replace(
            regexp_replace({{ text }}, '[''`’‘´ʼʻʹ′\p{Cf}]+', '', 'g'), '(^|[^\p{L}\p{M}\p{Nd}])[^\p{L}\p{Nd}]*', ' ', 'g'
        ))],
        lambda words: nullif(
            case
                when strlen(words) = length(words) then lower(words)
                else {{ plain_letters('nfc_normalize(lower(words))') }}
            end,
            ''
        )
    )[1]
{%- endmacro %}

{#-
    Lower case text in NFC without accents. Umlauts before accents fall; letters that carry a stroke or are two in one
    after it, as they may bear an accent of their own (ǿ).
-#}
{% macro plain_letters(text) -%}
    {%- set umlauts = {'ä': 'ae', 'ö': 'oe', 'ü': 'ue'} -%}
    {%- set letters = {'ß': 'ss', 'æ': 'ae', 'œ': 'oe', 'ø': 'oe', 'þ': 'th'} -%}
    {%- set spelled = namespace(umlauts='marked', letters="translate(plain, 'łđðħŧıς', 'lddhtiσ')") -%}
    {%- for letter, plain in umlauts.items() -%}
        {%- set spelled.umlauts = "replace(" ~ spelled.umlauts ~ ", '" ~ letter ~ "', '" ~ plain ~ "')" -%}
    {%- endfor -%}
    {%- for letter, plain in letters.items() -%}
        {%- set spelled.letters = "replace(" ~ spelled.letters ~ ", '" ~ letter ~ "', '" ~ plain ~ "')" -%}
    {%- endfor -%}
    list_transform(
        list_transform(
            [{{ text }}],
            lambda marked: case
                {#- A letter of another script than Latin and Greek. #}
                when regexp_matches(marked, '[^\x{0000}-\x{03FF}\x{1D00}-\x{1FFF}]')
                    then replace({{ spelled.umlauts }}, 'ё', 'е')
                else strip_accents({{ spelled.umlauts }})
            end
        ),
        lambda plain: {{ spelled.letters }}
    )[1]
{%- endmacro %}
