{#-
    The one home of what segments are compared by. A trait is a feature in a few values; the null of a customer of whom it
    is not known stays out. Another family needs nothing but its lines:

    trait        its code
    name         its name for a reader
    family       the feature family feat_customers__<family>; `value` calls it by that name
    value        SQL for the value in a few words, or:
    fifths       a column of the family of which the value is the fifth of the company's customers
    words        the customers who have the value, in the plural, after "more" or "2.1 times as many"
    own_schemes  schemes that give their segments by this very feature: to find it in their segments is no news
-#}
{% macro customer_traits() %}
    {% set buying_schemes = ['rfm', 'lifecycle', 'clusters', 'behavioural', 'engagement', 'value_tier'] %}
    {% set traits = [
        {
            'trait': 'account_type',
            'name': 'Account',
            'family': 'demographics',
            'value': 'demographics.account_type',
            'words': '{value} accounts',
            'own_schemes': ['firmographic'],
        },
        {
            'trait': 'age_band',
            'name': 'Age',
            'family': 'demographics',
            'value': 'demographics.age_band',
            'words': 'customers aged {value}',
            'own_schemes': ['demographic'],
        },
        {
            'trait': 'gender',
            'name': 'Gender',
            'family': 'demographics',
            'value': 'demographics.gender',
            'words': '{value} customers',
            'own_schemes': [],
        },
        {
            'trait': 'income_band',
            'name': 'Income',
            'family': 'demographics',
            'value': 'demographics.income_band',
            'words': 'customers with an income of {value}',
            'own_schemes': [],
        },
        {
            'trait': 'marital_status',
            'name': 'Marital status',
            'family': 'demographics',
            'value': "replace(demographics.marital_status, '_', ' ')",
            'words': '{value} customers',
            'own_schemes': ['demographic'],
        },
        {
            'trait': 'country',
            'name': 'Country',
            'family': 'geography',
            'value': "coalesce(
                (select country_name from " ~ ref('countries') ~ " where country_code = geography.country),
                geography.country
            )",
            'words': 'customers in {value}',
            'own_schemes': ['geographic'],
        },
        {
            'trait': 'region',
            'name': 'Region',
            'family': 'geography',
            'value': "geography.country || '-' || geography.region",
            'words': 'customers in the region {value}',
            'own_schemes': ['geographic'],
        },
        {
            'trait': 'household_size',
            'name': 'Household',
            'family': 'demographics',
            'value': "case
                when demographics.household_size = 1 then '1 person'
                when demographics.household_size = 2 then '2 people'
                when demographics.household_size <= 4 then '3 or 4 people'
                when demographics.household_size > 4 then '5 people or more'
            end",
            'words': 'customers in households of {value}',
            'own_schemes': ['demographic'],
        },
        {
            'trait': 'children',
            'name': 'Children',
            'family': 'demographics',
            'value': "case
                when demographics.children_count = 0 then 'without children'
                when demographics.children_count > 0 then 'with children'
            end",
            'words': 'customers {value}',
            'own_schemes': ['demographic'],
        },
        {
            'trait': 'order_frequency',
            'name': 'How often they buy',
            'family': 'purchases',
            'value': "case
                when purchases.order_days_365d_count = 0 then 'no order'
                when purchases.order_days_365d_count = 1 then '1 order day'
                when purchases.order_days_365d_count <= 3 then '2 or 3 order days'
                when purchases.order_days_365d_count <= 6 then '4 to 6 order days'
                else '7 order days or more'
            end",
            'words': 'customers with {value} in the past year',
            'own_schemes': buying_schemes,
        },
        {
            'trait': 'last_order',
            'name': 'Last order',
            'family': 'purchases',
            'value': "case
                when purchases.days_since_last_order <= 30 then 'up to 30 days ago'
                when purchases.days_since_last_order <= 90 then '31 to 90 days ago'
                when purchases.days_since_last_order <= 180 then '91 to 180 days ago'
                when purchases.days_since_last_order <= 365 then '181 to 365 days ago'
                when purchases.days_since_last_order > 365 then 'more than a year ago'
            end",
            'words': 'customers who last ordered {value}',
            'own_schemes': buying_schemes,
        },
        {
            'trait': 'first_order',
            'name': 'First order',
            'family': 'purchases',
            'value': "case
                when purchases.days_since_first_order <= 90 then 'up to 90 days ago'
                when purchases.days_since_first_order <= 365 then '91 to 365 days ago'
                when purchases.days_since_first_order <= 730 then '1 to 2 years ago'
                when purchases.days_since_first_order > 730 then 'more than 2 years ago'
            end",
            'words': 'customers who first ordered {value}',
            'own_schemes': ['rfm', 'lifecycle'],
        },
        {
            'trait': 'yearly_spend',
            'name': 'Yearly spending',
            'family': 'purchases',
            'fifths': 'nullif(purchases.net_revenue_365d_amount, 0)',
            'words': 'customers from the {value} fifth of yearly spending',
            'own_schemes': ['rfm', 'value_tier', 'clusters'],
        },
        {
            'trait': 'order_value',
            'name': 'Order value',
            'family': 'purchases',
            'fifths': 'purchases.average_order_value_365d_amount',
            'words': 'customers from the {value} fifth of order values',
            'own_schemes': ['clusters'],
        },
        {
            'trait': 'discount',
            'name': 'Discount',
            'family': 'purchases',
            'value': "case
                when purchases.discount_365d_share < 0.05 then 'hardly any discount'
                when purchases.discount_365d_share < 0.15 then '5 to 15 % off'
                when purchases.discount_365d_share >= 0.15 then '15 % off or more'
            end",
            'words': 'customers who buy with {value}',
            'own_schemes': ['behavioural', 'clusters'],
        },
        {
            'trait': 'refund',
            'name': 'Given back',
            'family': 'purchases',
            'value': "case
                when purchases.refund_365d_share < 0.05 then 'keep what they buy'
                when purchases.refund_365d_share < 0.2 then 'give back 5 to 20 % of their purchases'
                when purchases.refund_365d_share >= 0.2 then 'give back 20 % of their purchases or more'
            end",
            'words': 'customers who {value}',
            'own_schemes': ['clusters'],
        },
        {
            'trait': 'campaigns',
            'name': 'Campaigns',
            'family': 'campaigns',
            'value': "case
                when campaigns.campaign_365d_count = 0 then 'no campaign'
                when campaigns.campaign_365d_count <= 2 then '1 or 2 campaigns'
                when campaigns.campaign_365d_count > 2 then '3 campaigns or more'
            end",
            'words': 'customers reached by {value} in the past year',
            'own_schemes': ['engagement'],
        },
    ] %}
    {{ return(traits) }}
{% endmacro %}
