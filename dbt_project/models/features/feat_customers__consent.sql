-- One row per customer and as_of_date: what the customer had allowed by then. A consent is what the newest record said
-- on the date, null where no source says it: silence is no consent. Whoever unsubscribed is out until a record says
-- yes anew; a record that only repeats an older yes does not bring them back.
{{ config(materialized='as_of_history') }}

with spine as (

    select * from {{ ref('int_customers__as_of') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

customer_history as (

    select * from {{ ref('int_identity__customer_history') }}

),

customer_days as (

    select * from {{ ref('int_interactions__customer_days') }}

),

unsubscribed as (

    select
        customer_days.customer_id,
        max(customer_days.activity_date) as unsubscribed_date,
        as_of_dates.as_of_date
    from customer_days
    inner join as_of_dates on customer_days.activity_date <= as_of_dates.as_of_date
    where customer_days.unsubscribe_count > 0
    group by customer_days.customer_id, as_of_dates.as_of_date

),

-- Of those who ever unsubscribed only: all others have nothing to take back.
consent_changes as (

    select
        customer_id,
        has_email_consent,
        lag(has_email_consent) over (
            partition by customer_id
            order by valid_from asc
        ) as had_email_consent,
        valid_from
    from customer_history
    where customer_id in (select unsubscribed.customer_id from unsubscribed)

),

resubscribed as (

    select distinct
        unsubscribed.customer_id,
        unsubscribed.as_of_date
    from unsubscribed
    inner join consent_changes
        on
            unsubscribed.customer_id = consent_changes.customer_id
            and unsubscribed.unsubscribed_date < consent_changes.valid_from
            and unsubscribed.as_of_date >= consent_changes.valid_from
    where consent_changes.has_email_consent and not coalesce(consent_changes.had_email_consent, false)

),

known as (

    select
        spine.customer_id,
        customer_history.has_email_consent,
        customer_history.has_sms_consent,
        customer_history.has_phone_consent,
        customer_history.has_ads_consent,
        customer_history.email is not null as has_email_address,
        customer_history.phone is not null as has_phone_number,
        unsubscribed.customer_id is not null and resubscribed.customer_id is null as is_unsubscribed,
        spine.as_of_date
    from spine
    asof left join customer_history
        on spine.customer_id = customer_history.customer_id and spine.as_of_date >= customer_history.valid_from
    left join unsubscribed
        on spine.customer_id = unsubscribed.customer_id and spine.as_of_date = unsubscribed.as_of_date
    left join resubscribed
        on spine.customer_id = resubscribed.customer_id and spine.as_of_date = resubscribed.as_of_date

),

contactable as (

    select
        *,
        coalesce(has_email_consent and has_email_address and not is_unsubscribed, false) as is_contactable_by_email,
        coalesce(has_sms_consent and has_phone_number, false) as is_contactable_by_sms,
        coalesce(has_phone_consent and has_phone_number, false) as is_contactable_by_phone
    from known

),

consent as (

    select
        customer_id,
        cast(is_contactable_by_email as bigint)
        + cast(is_contactable_by_sms as bigint)
        + cast(is_contactable_by_phone as bigint)
            as contactable_channel_count,
        has_email_consent,
        has_sms_consent,
        has_phone_consent,
        has_ads_consent,
        has_email_address,
        has_phone_number,
        is_unsubscribed,
        is_contactable_by_email,
        is_contactable_by_sms,
        is_contactable_by_phone,
        as_of_date
    from contactable

)

select * from consent
