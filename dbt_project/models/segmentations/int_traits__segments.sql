-- One row per scheme, segment as it may be shown, trait and value of tonight: how many customers of the segment have
-- the value, and how many of all customers. Shares are of those of whom the trait is known.
with assignments as (

    select * from {{ ref('int_segmentations__assignments') }}

),

folds as (

    select * from {{ ref('int_segmentations__folds') }}

),

traits as (

    select * from {{ ref('int_traits__customers') }}

),

members as (

    select
        assignments.customer_id,
        assignments.scheme,
        folds.reported_segment_code as segment_code,
        assignments.as_of_date
    from assignments
    inner join folds
        on
            assignments.scheme = folds.scheme
            and assignments.segment_code = folds.segment_code
            and assignments.as_of_date = folds.as_of_date

),

counted as (

    select
        members.scheme,
        members.segment_code,
        traits.trait,
        traits.trait_value,
        count(*) as customers_count,
        traits.as_of_date
    from traits
    inner join members
        on traits.customer_id = members.customer_id and traits.as_of_date = members.as_of_date
    group by members.scheme, members.segment_code, traits.trait, traits.trait_value, traits.as_of_date

),

compared as (

    select
        scheme,
        segment_code,
        trait,
        trait_value,
        customers_count,
        sum(customers_count) over (partition by scheme, segment_code, trait, as_of_date) as known_count,
        sum(customers_count) over (partition by scheme, trait, trait_value, as_of_date) as all_customers_count,
        sum(customers_count) over (partition by scheme, trait, as_of_date) as all_known_count,
        as_of_date
    from counted

),

shared as (

    select
        scheme,
        segment_code,
        trait,
        trait_value,
        customers_count,
        {{ ratio('customers_count', 'known_count') }} as segment_share,
        {{ ratio('all_customers_count', 'all_known_count') }} as base_share,
        {{ ratio('known_count * all_customers_count', 'all_known_count') }} as expected_count,
        as_of_date
    from compared

)

select * from shared
