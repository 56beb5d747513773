-- The profiles of a scheme and date hold every customer known on the date, and their shares sum to 1. Shares of money
-- are checked where they are shown: they are null where nothing was sold or too few customers are left to tell.
{% set quoted_schemes = "'" ~ built_schemes() | join("', '") ~ "'" %}

with spine as (

    select
        count(*) as spine_customers_count,
        as_of_date
    from {{ ref('int_customers__as_of') }}
    group by as_of_date

),

profiles as (

    select
        scheme,
        sum(customers_count) as profile_customers_count,
        sum(customers_share) as customers_share,
        sum(net_revenue_365d_share) as net_revenue_365d_share,
        sum(margin_365d_share) as margin_365d_share,
        as_of_date
    from {{ ref('segment_profiles') }}
    group by scheme, as_of_date

),

schemes as (

    select unnest([{{ quoted_schemes }}]) as scheme

),

expected as (

    select
        schemes.scheme,
        spine.spine_customers_count,
        spine.as_of_date
    from spine
    cross join schemes

),

different as (

    select
        coalesce(expected.scheme, profiles.scheme) as scheme,
        expected.spine_customers_count,
        profiles.profile_customers_count,
        profiles.customers_share,
        profiles.net_revenue_365d_share,
        profiles.margin_365d_share,
        coalesce(expected.as_of_date, profiles.as_of_date) as as_of_date
    from expected
    full join profiles on expected.scheme = profiles.scheme and expected.as_of_date = profiles.as_of_date
    where
        expected.spine_customers_count is distinct from profiles.profile_customers_count
        or abs(profiles.customers_share - 1) > 1e-9
        or abs(profiles.net_revenue_365d_share - 1) > 1e-9
        or abs(profiles.margin_365d_share - 1) > 1e-9

)

select * from different
