-- One row per campaign of our own and customer whom its conditions fit tonight, or who was in it at its launch: the
-- arm, and why the customer is not contacted. Consent comes before everything else; what was locked at the launch
-- stays, and who may not be contacted any more stays in the arm, because arms are compared as they were drawn.
{% set own = var('audience_campaigns') %}
{% set excluding = own | selectattr('excludes') | sort(attribute='launches_on,priority,campaign_id') %}

with customers as (

    select * from {{ ref('int_customers__tonight') }}

),

consent as (

    select * from {{ ref('feat_customers__consent') }}
    where as_of_date = {{ tonight() }}

),

contacts as (

    select * from {{ ref('int_campaigns__contacts') }}

),

locked_members as (

    select * from {{ source('campaigns', 'locked_members') }}

),

suppressed_customers as (

    select * from {{ source('campaigns', 'suppressed_customers') }}

),

campaigns as (

    {{ audience_campaigns() }}
),

locks as (

    select
        campaign_id,
        min(launched_date) as locked_date
    from locked_members
    group by campaign_id

),

launches as (

    select
        campaigns.campaign_id,
        campaigns.channel,
        campaigns.holdout_share,
        campaigns.minimum_customers,
        campaigns.fatigue_contacts,
        campaigns.fatigue_days,
        campaigns.has_exclusions,
        locks.locked_date is not null as was_launched,
        coalesce(campaigns.ends_on_date < {{ tonight() }}, false) as is_over,
        campaigns.launches_on_date <= {{ tonight() }} as is_due,
        locks.locked_date
    from campaigns
    left join locks on campaigns.campaign_id = locks.campaign_id

),

fitting as (

    {{ audience_members('customers') }}
),

-- A campaign that is over takes nobody any more; its members stay for those who compare the arms.
listed as (

    select
        launches.campaign_id,
        fitting.customer_id
    from fitting
    inner join launches on fitting.campaign_id = launches.campaign_id
    where not launches.is_over
    union
    select
        locked_members.campaign_id,
        locked_members.customer_id
    from locked_members
    inner join launches on locked_members.campaign_id = launches.campaign_id
    inner join customers on locked_members.customer_id = customers.customer_id

),

recent_contacts as (

    select
        listed.campaign_id,
        listed.customer_id,
        count(*) as contacts_count
    from listed
    inner join launches on listed.campaign_id = launches.campaign_id
    inner join contacts on listed.customer_id = contacts.customer_id and listed.campaign_id <> contacts.campaign_id
    where contacts.contact_date > {{ tonight() }} - launches.fatigue_days
    group by listed.campaign_id, listed.customer_id

),

described as (

    select
        listed.customer_id,
        launches.*,
        locked_members.arm as locked_arm,
        locked_members.customer_id is not null as was_member,
        coalesce(recent_contacts.contacts_count, 0) as contacts_count,
        suppressed_customers.customer_id is not null as is_suppressed,
        coalesce(consent.is_unsubscribed, false) as is_unsubscribed,
        coalesce(case launches.channel
            when 'email' then consent.has_email_consent
            when 'sms' then consent.has_sms_consent
            when 'phone' then consent.has_phone_consent
            when 'ads' then consent.has_ads_consent
        end, false) as has_consent,
        coalesce(case launches.channel
            when 'email' then consent.has_email_address
            when 'sms' then consent.has_phone_number
            when 'phone' then consent.has_phone_number
            when 'ads' then consent.has_email_address or consent.has_phone_number
        end, false) as has_address
    from listed
    inner join launches on listed.campaign_id = launches.campaign_id
    left join consent on listed.customer_id = consent.customer_id
    left join suppressed_customers on listed.customer_id = suppressed_customers.customer_id
    left join locked_members
        on listed.campaign_id = locked_members.campaign_id and listed.customer_id = locked_members.customer_id
    left join recent_contacts
        on listed.campaign_id = recent_contacts.campaign_id and listed.customer_id = recent_contacts.customer_id

),

-- What speaks against the customer alone. How often others have contacted someone counts until the launch only.
checked as (

    select
        *,
        case
            when not has_consent then 'no_consent'
            when not has_address then 'no_address'
            when channel = 'email' and is_unsubscribed then 'unsubscribed'
            when is_suppressed then 'suppressed'
            when was_member and locked_arm is null then 'in_both_arms'
            when was_launched and not was_member then 'joined_after_launch'
            when not was_launched and contacts_count >= fatigue_contacts then 'contacted_too_often'
        end as own_reason
    from described

),

-- A campaign that would be too small anyway keeps nobody from another one.
large_enough as (

    select campaign_id
    from checked
    where not was_launched and own_reason is null
    group by campaign_id, minimum_customers
    having count(*) >= minimum_customers

),

-- Of campaigns that share no customer the launched one has its members, then the one that launches first, then the one
-- of the smaller priority: column by column, in this order, because lists of a million customers would not fit.
wanted as (

    select
        checked.customer_id,
        {% for campaign in excluding -%}
        bool_or(checked.was_member and checked.campaign_id = '{{ campaign.campaign_id }}') as is_in_{{ loop.index }},
        bool_or(
            large_enough.campaign_id is not null
            and checked.own_reason is null
            and checked.campaign_id = '{{ campaign.campaign_id }}'
        ) as wants_{{ loop.index }},
        {% endfor -%}
        count(*) as campaigns_count
    from checked
    left join large_enough on checked.campaign_id = large_enough.campaign_id
    where not checked.is_over and checked.has_exclusions
    group by checked.customer_id

),

chosen as (

    select
        *,
        {% for campaign in excluding -%}
        {% set place = loop.index -%}
        is_in_{{ place }} or (
            wants_{{ place }}
            {% for other in excluding if other.campaign_id in campaign.excludes -%}
            {% set at = excluding.index(other) + 1 -%}
            and not {{ 'takes' if at < place else 'is_in' }}_{{ at }}
            {% endfor -%}
        ) as takes_{{ place }},
        {% endfor -%}
        true as is_chosen
    from wanted

),

kept_away as (

    {% for campaign in excluding -%}
    select
        '{{ campaign.campaign_id }}' as campaign_id,
        customer_id
    from chosen
    where wants_{{ loop.index }} and not takes_{{ loop.index }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% else -%}
    select
        cast(null as varchar) as campaign_id,
        cast(null as varchar) as customer_id
    where false
    {% endfor %}
),

drawn as (

    select
        checked.*,
        coalesce(
            checked.own_reason, case when kept_away.customer_id is not null then 'in_other_campaign' end
        ) as reason,
        case
            when checked.was_launched then checked.locked_arm
            when checked.own_reason is not null or kept_away.customer_id is not null then null
            when large_enough.campaign_id is null then null
            when {{ arm_draw('checked.campaign_id', 'checked.customer_id') }} < checked.holdout_share then 'holdout'
            else 'treatment'
        end as drawn_arm
    from checked
    left join large_enough on checked.campaign_id = large_enough.campaign_id
    left join kept_away on checked.customer_id = kept_away.customer_id and checked.campaign_id = kept_away.campaign_id

),

contacted as (

    select
        campaign_id,
        count(*) filter (where drawn_arm = 'treatment' and reason is null) as contacted_count
    from drawn
    group by campaign_id

),

sized as (

    select
        drawn.*,
        contacted.contacted_count < drawn.minimum_customers as is_too_small
    from drawn
    inner join contacted on drawn.campaign_id = contacted.campaign_id

),

decided as (

    select
        *,
        case
            when reason is not null then reason
            -- Who is held out of a launched campaign is not contacted anyway.
            when is_too_small and not (was_launched and drawn_arm = 'holdout') then 'audience_too_small'
        end as exclusion_reason,
        case when was_launched or not is_too_small then drawn_arm end as arm,
        case
            when was_launched then locked_date
            when is_due and not is_over and not is_too_small then {{ tonight() }}
        end as launched_date
    from sized

),

audiences as (

    select
        campaign_id,
        customer_id,
        channel,
        arm,
        exclusion_reason,
        coalesce(
            arm = 'treatment' and exclusion_reason is null and launched_date is not null and not is_over, false
        ) as is_exportable,
        launched_date is not null and (was_member or arm is not null) as is_locked,
        launched_date,
        {{ tonight() }} as as_of_date
    from decided

)

select * from audiences
