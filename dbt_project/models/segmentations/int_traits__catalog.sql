-- One row per trait that segments are compared by: its name, how customers who have it are called, and the schemes
-- whose segments it decides (macro customer_traits); of a custom scheme these are the traits made of a feature that it
-- reads, and of a cross those of its two schemes.
{% set custom_schemes = var('custom_schemes') %}

with traits as (

    {% for trait in customer_traits() -%}
    {% set own_schemes = trait.own_schemes | list -%}
    {% for scheme in custom_schemes -%}
    {% set family = 'feat_customers__' ~ trait.family -%}
    {% set columns = modules.re.findall('[a-z_0-9]+', trait.value or trait.fifths) -%}
    {% if family in scheme.families and scheme.features | select('in', columns) | list -%}
    {% do own_schemes.append(scheme.scheme) -%}
    {% endif -%}
    {% endfor -%}
    {% if own_schemes | select('in', var('combined_pair')) | list -%}
    {% do own_schemes.append('combined') -%}
    {% endif -%}
    select
        '{{ trait.trait }}' as trait,
        '{{ trait.name }}' as trait_name,
        '{{ trait.words }}' as words,
        cast({{ own_schemes }} as varchar[]) as own_schemes
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
)

select * from traits
