-- One row per campaign of our own: how many customers its conditions fit, how many each reason takes away, and how many
-- are left in each arm. Whoever is listed is counted exactly once: under a reason, as contacted or as held out.
{% set reasons = [
    'no_consent', 'no_address', 'unsubscribed', 'suppressed', 'in_both_arms', 'contacted_too_often', 'in_other_campaign',
    'joined_after_launch', 'audience_too_small',
] %}
{% set held_out_share = ratio('holdout_count', 'members_count') %}

with audiences as (

    select * from {{ ref('audiences') }}

),

locked_members as (

    select * from {{ source('campaigns', 'locked_members') }}

),

campaigns as (

    {{ audience_campaigns() }}
),

locked as (

    select
        campaign_id,
        cast(sum(members_at_launch_count) as bigint) as launched_count,
        any_value(planned_holdout_share) as planned_holdout_share,
        min(launched_date) as launched_date
    from locked_members
    group by campaign_id

),

counted as (

    select
        campaign_id,
        count(*) as listed_count,
        {% for reason in reasons -%}
        count(*) filter (where exclusion_reason = '{{ reason }}') as {{ reason }}_count,
        {% endfor -%}
        count(*) filter (where arm = 'treatment' and exclusion_reason is null) as contacted_count,
        count(*) filter (where arm = 'holdout' and exclusion_reason is null) as held_out_count,
        count(*) filter (where arm = 'treatment') as treatment_count,
        count(*) filter (where arm = 'holdout') as holdout_count,
        count(*) filter (where is_locked) as locked_count,
        max(launched_date) as launched_date
    from audiences
    group by campaign_id

),

gathered as (

    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        campaigns.channel,
        campaigns.audience,
        coalesce(counted.listed_count, 0) as listed_count,
        {% for reason in reasons -%}
        coalesce(counted.{{ reason }}_count, 0) as {{ reason }}_count,
        {% endfor -%}
        coalesce(counted.contacted_count, 0) as contacted_count,
        coalesce(counted.held_out_count, 0) as held_out_count,
        coalesce(counted.treatment_count, 0) as treatment_count,
        coalesce(counted.holdout_count, 0) as holdout_count,
        coalesce(counted.treatment_count, 0) + coalesce(counted.holdout_count, 0) as members_count,
        coalesce(locked.launched_count, counted.locked_count, 0) as launched_count,
        campaigns.minimum_customers as minimum_customers_count,
        coalesce(locked.planned_holdout_share, campaigns.holdout_share) as planned_holdout_share,
        campaigns.launches_on_date,
        campaigns.ends_on_date,
        coalesce(locked.launched_date, counted.launched_date) as launched_date
    from campaigns
    left join counted on campaigns.campaign_id = counted.campaign_id
    left join locked on campaigns.campaign_id = locked.campaign_id

),

stated as (

    select
        *,
        case
            when ends_on_date < {{ tonight() }} then if(launched_date is null, 'missed', 'over')
            when launched_date is not null then if(contacted_count < minimum_customers_count, 'too_small', 'running')
            when launches_on_date > {{ tonight() }} then 'planned'
            else 'too_small'
        end as status
    from gathered

),

sizes as (

    select
        campaign_id,
        campaign_name,
        channel,
        audience,
        status,
        case status
            when 'planned' then 'it launches on ' || launches_on_date
            when 'over' then 'it ended on ' || ends_on_date
            when 'missed' then 'it ended on ' || ends_on_date || ' without having been launched'
            when 'too_small' then
                if(
                    launched_date is null,
                    audience_too_small_count || ' customers are left for both arms, so that fewer than '
                    || minimum_customers_count || ' would be contacted',
                    'fewer than ' || minimum_customers_count || ' of its customers may still be contacted'
                )
        end as not_exported_because,
        listed_count,
        {% for reason in reasons -%}
        {{ reason }}_count,
        {% endfor -%}
        contacted_count,
        held_out_count,
        treatment_count,
        holdout_count,
        launched_count,
        minimum_customers_count,
        planned_holdout_share,
        {{ held_out_share }} as holdout_share,
        {{ wilson_bound(held_out_share, 'nullif(members_count, 0)', -1) }} as holdout_share_low,
        {{ wilson_bound(held_out_share, 'nullif(members_count, 0)', 1) }} as holdout_share_high,
        status = 'running' as is_exported,
        launches_on_date,
        ends_on_date,
        launched_date,
        {{ tonight() }} as as_of_date
    from stated

)

select * from sizes
