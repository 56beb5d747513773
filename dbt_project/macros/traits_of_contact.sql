{#- What passes between customers and us: campaigns, e-mails, requests, what they say. See customer_traits. -#}
{% macro traits_of_contact() %}
    {{ return([
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
            'own_schemes': schemes_of_buying(),
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
    ]) }}
{% endmacro %}
