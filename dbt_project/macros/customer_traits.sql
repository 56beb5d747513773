{#-
    The one home of what segments are compared by. A trait is a feature in a few values; the null of a customer of whom it
    is not known stays out. Another family needs nothing but its lines:

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
    {% set buying_schemes = ['rfm', 'lifecycle', 'clusters', 'behavioural', 'engagement', 'value_tier', 'predictive'] %}
    {% set traits = [
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
            'own_schemes': ['rfm', 'lifecycle', 'predictive'],
        },
        {
            'trait': 'yearly_spend',
            'name': 'Yearly spending',
            'family': 'purchases',
            'fifths': 'nullif(purchases.net_revenue_365d_amount, 0)',
            'words': 'customers from the {value} fifth of yearly spending',
            'own_schemes': ['rfm', 'value_tier', 'clusters', 'predictive'],
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
            'trait': 'top_category',
            'name': 'Main category',
            'family': 'products',
            'value': 'products.top_category',
            'words': 'customers who spend most on {value}',
            'own_schemes': ['product_preference'],
        },
        {
            'trait': 'category_range',
            'name': 'Range of categories',
            'family': 'products',
            'value': "case
                when products.category_365d_count = 1 then 'a single category'
                when products.category_365d_count = 2 then '2 categories'
                when products.category_365d_count <= 4 and products.category_365d_count > 0 then '3 or 4 categories'
                when products.category_365d_count > 4 then '5 categories or more'
            end",
            'words': 'customers who buy from {value}',
            'own_schemes': ['product_preference'],
        },
        {
            'trait': 'order_channel',
            'name': 'Order channel',
            'family': 'channels',
            'value': "case
                when channels.preferred_order_channel = 'web' then 'on the website'
                when channels.preferred_order_channel = 'app' then 'in the app'
                when channels.preferred_order_channel = 'store' then 'in stores'
                when channels.preferred_order_channel = 'phone' then 'by telephone'
                when channels.preferred_order_channel = 'sales_rep' then 'through a sales representative'
                when channels.preferred_order_channel = 'marketplace' then 'on marketplaces'
                when channels.preferred_order_channel = 'social' then 'on social media'
                when channels.preferred_order_channel = 'other' then 'in other channels'
            end",
            'words': 'customers who mostly order {value}',
            'own_schemes': ['channel_preference', 'digital_adoption'],
        },
        {
            'trait': 'digital_orders',
            'name': 'Digital orders',
            'family': 'channels',
            'value': "case
                when channels.digital_order_365d_share <= 0.2 then 'hardly any orders'
                when channels.digital_order_365d_share < 0.8 then 'some of their orders'
                when channels.digital_order_365d_share >= 0.8 then 'nearly all their orders'
            end",
            'words': 'customers who place {value} at a screen',
            'own_schemes': ['channel_preference', 'digital_adoption'],
        },
        {
            'trait': 'device',
            'name': 'Device',
            'family': 'channels',
            'value': "case
                when channels.mobile_order_365d_share > 0.5 then 'mostly on a mobile phone'
                when channels.desktop_order_365d_share > 0.5 then 'mostly on a computer'
                when channels.tablet_order_365d_share > 0.5 then 'mostly on a tablet'
                when channels.mobile_order_365d_share is not null then 'on several devices'
            end",
            'words': 'customers who order {value}',
            'own_schemes': [],
        },
        {
            'trait': 'express',
            'name': 'Express delivery',
            'family': 'delivery',
            'value': "case
                when delivery.express_delivery_365d_share = 0 then 'never'
                when delivery.express_delivery_365d_share < 0.3 then 'now and then'
                when delivery.express_delivery_365d_share >= 0.3 then 'often'
            end",
            'words': 'customers who {value} choose express delivery',
            'own_schemes': ['delivery_need'],
        },
        {
            'trait': 'pickup',
            'name': 'Collected orders',
            'family': 'delivery',
            'value': "case
                when delivery.pickup_delivery_365d_share = 0 then 'never'
                when delivery.pickup_delivery_365d_share < 0.5 then 'now and then'
                when delivery.pickup_delivery_365d_share >= 0.5 then 'mostly'
            end",
            'words': 'customers who {value} collect their orders',
            'own_schemes': ['delivery_need'],
        },
        {
            'trait': 'freight',
            'name': 'Freight',
            'family': 'delivery',
            'value': "case
                when delivery.freight_delivery_365d_share = 0 then 'never'
                when delivery.freight_delivery_365d_share < 0.25 then 'now and then'
                when delivery.freight_delivery_365d_share >= 0.25 then 'often'
            end",
            'words': 'customers who {value} have orders sent as freight',
            'own_schemes': ['delivery_need'],
        },
        {
            'trait': 'late_deliveries',
            'name': 'Late deliveries',
            'family': 'delivery',
            'value': "case
                when delivery.late_delivery_365d_share = 0 then 'no late delivery'
                when delivery.late_delivery_365d_share < 0.25 then 'less than a quarter of deliveries late'
                when delivery.late_delivery_365d_share >= 0.25 then 'a quarter of deliveries late or more'
            end",
            'words': 'customers with {value}',
            'own_schemes': ['delivery_need'],
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
        {
            'trait': 'engagement_score',
            'name': 'Engagement score',
            'family': 'engagement',
            'value': "case
                when round(engagement.engagement_score) = 0 then '0'
                when round(engagement.engagement_score) < 25 then '1 to 24'
                when round(engagement.engagement_score) < 50 then '25 to 49'
                when round(engagement.engagement_score) >= 50 then '50 or more'
            end",
            'words': 'customers with an engagement score of {value}',
            'own_schemes': buying_schemes,
        },
        {
            'trait': 'email_clicks',
            'name': 'Clicks in e-mails',
            'family': 'engagement',
            'value': "case
                when engagement.email_click_365d_rate = 0 then 'in none of our e-mails'
                when engagement.email_click_365d_rate < 0.25 then 'less than once in four e-mails'
                when engagement.email_click_365d_rate >= 0.25 then 'once in four e-mails or more'
            end",
            'words': 'customers who click {value}',
            'own_schemes': ['engagement'],
        },
        {
            'trait': 'contact_channel',
            'name': 'Contact channel',
            'family': 'engagement',
            'value': "case engagement.preferred_contact_channel
                when 'email' then 'by e-mail'
                when 'phone' then 'by telephone'
                when 'sms' then 'by text message'
                when 'social' then 'on social media'
                when 'meeting' then 'in meetings'
                when 'other' then 'in other ways'
                else 'by ' || replace(engagement.preferred_contact_channel, '_', ' ')
            end",
            'words': 'customers who respond mostly {value}',
            'own_schemes': [],
        },
        {
            'trait': 'email_consent',
            'name': 'E-mail consent',
            'family': 'consent',
            'value': "case
                when consent.is_unsubscribed then 'unsubscribed from e-mails'
                when consent.has_email_consent then 'agreed to e-mails'
                when not consent.has_email_consent then 'did not agree to e-mails'
            end",
            'words': 'customers who {value}',
            'own_schemes': [],
        },
        {
            'trait': 'support_requests',
            'name': 'Support requests',
            'family': 'support',
            'value': "case
                when support.support_request_365d_count = 0 then 'no support request'
                when support.support_request_365d_count = 1 then '1 support request'
                when support.support_request_365d_count > 1 then '2 support requests or more'
            end",
            'words': 'customers with {value} in the past year',
            'own_schemes': [],
        },
        {
            'trait': 'nps',
            'name': 'Recommendation (NPS)',
            'family': 'satisfaction',
            'value': "case
                when satisfaction.days_since_last_nps_answer >= " ~ var('satisfaction_maximum_age_days') ~ " then null
                when satisfaction.latest_nps_answer >= 9 then 'promoters'
                when satisfaction.latest_nps_answer >= 7 then 'passives'
                when satisfaction.latest_nps_answer >= 0 then 'detractors'
            end",
            'words': 'NPS {value}',
            'own_schemes': ['satisfaction'],
        },
        {
            'trait': 'csat',
            'name': 'Satisfaction (CSAT)',
            'family': 'satisfaction',
            'value': "case
                when satisfaction.days_since_last_csat_answer >= " ~ var('satisfaction_maximum_age_days') ~ " then null
                when satisfaction.latest_csat_share >= " ~ var('satisfaction_csat_satisfied_share') ~ " then 'satisfied'
                when satisfaction.latest_csat_share >= " ~ var('satisfaction_csat_neutral_share') ~ " then 'neutral'
                when satisfaction.latest_csat_share >= 0 then 'dissatisfied'
            end",
            'words': 'customers who call themselves {value}',
            'own_schemes': ['satisfaction'],
        },
        {
            'trait': 'social_activity',
            'name': 'Social media',
            'family': 'social',
            'value': "case
                when social.social_interaction_365d_count = 0 then 'no activity'
                when social.social_interaction_365d_count <= 4 then '1 to 4 actions'
                when social.social_interaction_365d_count > 4 then '5 actions or more'
            end",
            'words': 'customers with {value} on our social media in the past year',
            'own_schemes': ['satisfaction'],
        },
        {
            'trait': 'sentiment',
            'name': 'Sentiment',
            'family': 'social',
            'value': "case
                when social.social_sentiment_365d_shrunken_mean >= " ~ var('satisfaction_social_sentiment') ~ "
                    then 'well'
                when social.social_sentiment_365d_shrunken_mean <= -" ~ var('satisfaction_social_sentiment') ~ "
                    then 'badly'
                when social.social_sentiment_365d_shrunken_mean is not null then 'neither well nor badly'
            end",
            'words': 'customers who write {value} of us on social media',
            'own_schemes': ['satisfaction'],
        },
        {
            'trait': 'need',
            'name': 'Strongest need',
            'family': 'survey_answers',
            'value': "replace(survey_answers.strongest_need, '_', ' ')",
            'words': 'customers whose strongest need is {value}',
            'own_schemes': ['needs'],
        },
        {
            'trait': 'benefit',
            'name': 'Reason to buy',
            'family': 'survey_answers',
            'value': 'survey_answers.stated_benefit',
            'words': 'customers who buy for the reason "{value}"',
            'own_schemes': ['benefits'],
        },
    ] %}
    {{ return(traits) }}
{% endmacro %}
