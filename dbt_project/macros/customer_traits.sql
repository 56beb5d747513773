{#-
    What segments are compared by, in the order of readers. A trait is a feature in a few values; the null of a customer of
    whom it is not known stays out. Another family needs nothing but its lines in one of the three lists:

    trait        its code
    name         its name for a reader
    family       the feature family feat_customers__<family>; `value` calls it by that name
    value        SQL for the value in a few words, or:
    fifths       a column of the family of which the value is the fifth of the company's customers
    words        the customers who have the value, in the plural, after "more" or "2.1 times as many"
    own_schemes  schemes that give their segments by this very feature: to find it in their segments is no news. Schemes
                 that tessera.yml writes as rules are found by the features that they read
-#}
{% macro customer_traits() %}
    {{ return(traits_of_person() + traits_of_buying() + traits_of_contact()) }}
{% endmacro %}

{#- Schemes that go by how often, how much and how lately customers buy or respond. -#}
{% macro schemes_of_buying() %}
    {{ return(['rfm', 'lifecycle', 'clusters', 'behavioural', 'engagement', 'value_tier', 'predictive']) }}
{% endmacro %}
