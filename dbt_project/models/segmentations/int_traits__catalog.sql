-- One row per trait that segments are compared by: its name, how customers who have it are called, and the schemes
-- whose segments it decides (macro customer_traits).
with traits as (

    {% for trait in customer_traits() -%}
    select
        '{{ trait.trait }}' as trait,
        '{{ trait.name }}' as trait_name,
        '{{ trait.words }}' as words,
        cast({{ trait.own_schemes }} as varchar[]) as own_schemes
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
)

select * from traits
