-- Whoever is listed for a campaign is counted once: under one reason, as contacted or as held out; and what is locked
-- stays as many as it was at the launch, but for customers who are none any more.
with sizes as (

    select * from {{ ref('audience_sizes') }}

),

different as (

    select campaign_id
    from sizes
    where
        listed_count <> no_consent_count + no_address_count + unsubscribed_count + suppressed_count + in_both_arms_count
        + contacted_too_often_count + in_other_campaign_count + joined_after_launch_count + audience_too_small_count
        + contacted_count + held_out_count
        or (launched_date is not null and treatment_count + holdout_count > launched_count)

)

select * from different
