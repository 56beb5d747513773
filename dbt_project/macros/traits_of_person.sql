{#- Who customers are: the person, the place, the company, and how they came. See customer_traits. -#}
{% macro traits_of_person() %}
    {{ return([
        {
            'trait': 'account_type',
            'name': 'Account',
            'family': 'demographics',
            'value': 'demographics.account_type',
            'words': '{value} accounts',
            'own_schemes': ['firmographic', 'demographic'],
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
            'trait': 'education',
            'name': 'Education',
            'family': 'demographics',
            'value': 'demographics.education',
            'words': 'customers whose education is {value}',
            'own_schemes': [],
        },
        {
            'trait': 'occupation',
            'name': 'Occupation',
            'family': 'demographics',
            'value': 'demographics.occupation',
            'words': 'customers whose occupation is {value}',
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
            'trait': 'moved',
            'name': 'Moved',
            'family': 'geography',
            'value': "case
                when geography.has_moved_365d then 'moved in the past year'
                when not geography.has_moved_365d then 'did not move in the past year'
            end",
            'words': 'customers who {value}',
            'own_schemes': [],
        },
        {
            'trait': 'company_size',
            'name': 'Company size',
            'family': 'firmographics',
            'value': 'firmographics.company_size_class',
            'words': 'customers from {value} companies',
            'own_schemes': ['firmographic'],
        },
        {
            'trait': 'industry',
            'name': 'Industry',
            'family': 'firmographics',
            'value': 'firmographics.industry_section_name',
            'words': 'customers whose industry is {value}',
            'own_schemes': [],
        },
        {
            'trait': 'acquisition_channel',
            'name': 'Acquisition channel',
            'family': 'demographics',
            'value': "replace(demographics.acquisition_channel, '_', ' ')",
            'words': 'customers whose acquisition channel is {value}',
            'own_schemes': [],
        },
        {
            'trait': 'loyalty_tier',
            'name': 'Loyalty tier',
            'family': 'demographics',
            'value': 'demographics.loyalty_tier',
            'words': 'customers of the loyalty tier {value}',
            'own_schemes': [],
        },
    ]) }}
{% endmacro %}
