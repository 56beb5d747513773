{#-
    A limit of the interval of 95 % of a share by Wilson (1927), with sign '-' the lower and '+' the upper one; null
    without trials.
-#}
{% macro treated_share_limit(successes, trials, sign) -%}
    (
        {{ successes }} / nullif(cast({{ trials }} as double), 0) + 1.9207 / nullif({{ trials }}, 0)
        {{ sign }} 1.95996 * sqrt(greatest(0,
            {{ successes }} * (cast({{ trials }} as double) - {{ successes }}) / nullif(pow({{ trials }}, 3), 0)
            + 0.9604 / nullif(pow({{ trials }}, 2), 0)
        ))
    ) / (1 + 3.8414 / nullif({{ trials }}, 0))
{%- endmacro %}

{#- The rules of a dimension that may leave somebody whom they fit to the next rule. -#}
{% macro limited_rules(dimension) -%}
    {%- set found = [] -%}
    {%- for rule in dimension.rules if rule.places_sql or rule.fatigue_contacts -%}
        {%- do found.append(rule) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

{#- The number of the first rule without a limit that fits, of those after one number and before another; else null. -#}
{% macro first_open_rule(dimension, after, before) -%}
    {%- set found = [] -%}
    {%- for rule in dimension.rules
        if rule.fits_sql and rule.number > after and rule.number < before
        and not rule.places_sql and not rule.fatigue_contacts -%}
        {%- do found.append('when ' ~ dimension.code ~ '_' ~ rule.number ~ '_fits then ' ~ rule.number) -%}
    {%- endfor -%}
    {{ return('case ' ~ found | join(' ') ~ ' end' if found else 'cast(null as integer)') }}
{%- endmacro %}

{#- The numbers of the rules of which a mark is true, in their order. -#}
{% macro rules_marked(dimension, rules, mark) -%}
    {%- set found = [] -%}
    {%- for rule in rules -%}
        {%- do found.append('case when ' ~ dimension.code ~ '_' ~ rule.number ~ '_' ~ mark ~ ' then ' ~ rule.number ~ ' end') -%}
    {%- endfor -%}
    {%- if found -%}
        cast(list_filter([{{ found | join(', ') }}], lambda number: number is not null) as integer [])
    {%- else -%}
        cast([] as integer [])
    {%- endif -%}
{%- endmacro %}

{#- Why a customer has the option that it has, in words: the rule with the values that it asked, and why none before. -#}
{% macro treatment_reason(policy, dimension, chosen='choices') -%}
    case {{ chosen }}.{{ dimension.code }}_rule_number
    {%- for rule in dimension.rules %}
        when {{ rule.number }} then {{ sql_text(rule.name or rule.conditions) }}
        {%- if rule.asks %} || ' ('
        {%- for name in rule.asks %} || {{ sql_text(policy.asked[name].title ~ ': ') }} || {{ policy.asked[name].sql }}{{ " || ', '" if not loop.last }}
        {%- endfor %} || ')'
        {%- endif %}
    {%- endfor %}
    end
    {%- for rule in limited_rules(dimension) %}
        {%- if rule.fatigue_contacts %}
    || case
        when list_contains({{ chosen }}.{{ dimension.code }}_tired_rules, {{ rule.number }})
            then {{ sql_text('; not ' ~ rule.code ~ ': contacted ') }} || contact_{{ rule.fatigue_days }}d_count
            || {{ sql_text(' times in ' ~ rule.fatigue_days ~ ' days') }}
        else ''
    end
        {%- endif %}
        {%- if rule.places_sql %}
    || case
        when list_contains({{ chosen }}.{{ dimension.code }}_crowded_rules, {{ rule.number }})
            then {{ sql_text('; not ' ~ rule.code ~ ': others have more to gain') }}
        else ''
    end
        {%- endif %}
    {%- endfor %}
{%- endmacro %}

{#-
    What being treated brought customers of the same segment, as measured: of several segments that a customer is in the
    greatest, since that is why the customer may be worth a treatment; null where nothing was measured.
-#}
{% macro measured_gain(lifts) -%}
    cast(greatest(
    {%- for scheme, of_scheme in lifts | groupby('scheme') %}
        case {{ of_scheme[0].column_sql }}
        {%- for lift in of_scheme %}
            when {{ sql_text(lift.segment_code) }} then {{ lift.gain }}
        {%- endfor %}
        end{{ ',' if not loop.last }}
    {%- endfor %}
    ) as decimal(18, 2))
{%- endmacro %}
