{#- How customers buy: how often and for how much, what, where, and how it is delivered. See customer_traits. -#}
{% macro traits_of_buying() %}
    {{ return([
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
            'own_schemes': schemes_of_buying(),
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
            'own_schemes': schemes_of_buying(),
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
    ]) }}
{% endmacro %}
