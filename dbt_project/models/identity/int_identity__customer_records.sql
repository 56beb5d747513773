-- One row per customer reference that any source uses as its own: the CRM record behind it, where there is one, and the
-- reference that stands for the customer. Records of different sources with one e-mail address are one customer, unless
-- some source has that address on several records: then it is a household's or a company's, and joins nobody.
with customers as (

    select * from {{ ref('int_canonical__customers') }}

),

newest_records as (

    select *
    from customers
    qualify row_number() over (
        partition by customer_ref
        order by updated_at desc nulls last, created_at desc nulls last, source_name asc
    ) = 1

),

shared_emails_by_source as (

    select
        email,
        source_name
    from newest_records
    where email is not null
    group by email, source_name
    having count(*) > 1

),

shared_emails as (

    select distinct email
    from shared_emails_by_source

),

joined as (

    select
        newest_records.*,
        case
            when newest_records.email is null or shared_emails.email is not null then newest_records.customer_ref
            else
                min(newest_records.customer_ref) over (
                    partition by newest_records.email, shared_emails.email
                )
        end as joined_ref
    from newest_records
    left join shared_emails on newest_records.email = shared_emails.email

),

with_keys as (

    select
        source_name,
        customer_ref,
        joined_ref,
        account_type,
        email,
        phone,
        first_name,
        last_name,
        gender,
        income_band,
        education,
        occupation,
        marital_status,
        declared_age_band,
        country,
        region,
        city,
        postal_code,
        company_ref,
        acquisition_channel,
        loyalty_tier,
        household_size,
        children_count,
        has_email_consent,
        has_sms_consent,
        has_phone_consent,
        has_ads_consent,
        email is not null and count(distinct joined_ref) over (partition by email) = 1 as is_email_own,
        phone is not null and count(distinct joined_ref) over (partition by phone) = 1 as is_phone_own,
        birth_date,
        created_date,
        created_at,
        updated_at
    from joined

)

select * from with_keys
