{#-
    A company's name for comparing: folded, without its legal form and an article in front. Müller & Söhne GmbH & Co. KG
    is mueller soehne, The Linden Group Ltd. is linden group. A name that is nothing but a legal form stays.
-#}
{% macro company_name_key(name) -%}
    {%- set forms = [
        'gmbh co kgaa', 'gmbh co kg', 'gmbh co ohg', 'ag co kgaa', 'ag co kg', 'se co kgaa', 'se co kg',
        'ug haftungsbeschraenkt', 'ug co kg', 'gemeinnuetzige gmbh', 'gmbh', 'ggmbh', 'mbh', 'ug', 'ag', 'kg', 'kgaa',
        'ohg', 'gbr', 'ek', 'e k', 'ev', 'e v', 'eg', 'se', 'g m b h', 'a g', 'gesmbh', 'ges m b h',
        'ltd', 'limited', 'plc', 'llp', 'lp', 'inc', 'incorporated', 'corp', 'corporation', 'co', 'company', 'llc',
        'l l c', 'pllc',
        'sa', 's a', 'sas', 's a s', 'sasu', 'sarl', 's a r l', 'eurl', 'snc', 'sci', 'scop',
        'srl', 's r l', 'spa', 's p a', 'sas di', 'bv', 'b v', 'nv', 'n v', 'vof', 'cv', 'bvba', 'sprl', 'srls',
        'sl', 's l', 'slu', 'sau', 'ab', 'as', 'a s', 'asa', 'aps', 'oy', 'oyj', 'ks',
        'sp z o o', 'sp zoo', 'sp k', 's r o', 'sro', 'kft', 'zrt', 'nyrt', 'doo', 'd o o',
        'pty ltd', 'pty', 'pte ltd', 'kk', 'ooo',
    ] -%}
    coalesce(
        nullif(
            trim(regexp_replace(
                ' ' || {{ folded(name) }} || ' ',
                '^ (?:the |die |der |das |la |le |les |el )|(?: (?:{{ forms | join("|") }}))+ $',
                ' ', 'g'
            )),
            ''
        ),
        {{ folded(name) }}
    )
{%- endmacro %}
