-- One row per customer and as_of_date: the life stage, from age, who lives in the household and marital status. Age
-- parts young from mature, so nobody without an age has a stage; from the senior age on it decides alone. Children that
-- are counted decide, then the household's size: from three persons on the others are taken for children, one person
-- has none. Whether two live as a couple is told by the household first, since people marry later than they move in.
-- What is not known is not guessed: a young single without a word on children may be a single parent.
{{ config(materialized='as_of_history', enabled='demographic' in var('schemes')) }}

with demographics as (

    select * from {{ ref('feat_customers__demographics') }}
    where {{ computed_now() }}

),

as_of_dates as (

    select * from {{ ref('as_of_dates') }}
    where {{ computed_now() }}

),

households as (

    select
        demographics.customer_id,
        demographics.account_type,
        demographics.marital_status,
        demographics.age_from_years,
        demographics.household_size,
        demographics.children_count,
        demographics.age_from_years < {{ var('demographic_mature_years') }} as is_young,
        demographics.age_from_years >= {{ var('demographic_senior_years') }} as is_senior,
        case
            when demographics.children_count is not null then demographics.children_count > 0
            when demographics.household_size >= {{ var('demographic_family_persons') }} then true
            when demographics.household_size = 1 then false
            -- Two persons of whom one is the spouse.
            when demographics.household_size = 2 and demographics.marital_status in ('married', 'partnered') then false
        end as has_children,
        case
            when demographics.household_size = 1 then false
            when demographics.household_size > 1 then true
            when demographics.marital_status in ('married', 'partnered') then true
            when demographics.marital_status in ('single', 'unmarried', 'separated', 'divorced', 'widowed') then false
        end as lives_as_couple,
        as_of_dates.is_tonight,
        demographics.as_of_date
    from demographics
    inner join as_of_dates on demographics.as_of_date = as_of_dates.as_of_date

),

staged as (

    select
        *,
        case
            when account_type = 'business' then 'not_applicable'
            when age_from_years is null then 'unknown'
            when is_senior then 'senior'
            when has_children is null then 'unknown'
            when has_children and is_young then 'young_family'
            when has_children then 'mature_family'
            when not is_young then 'empty_nest'
            when lives_as_couple then 'young_couple'
            when not lives_as_couple then 'young_single'
            else 'unknown'
        end as segment_code
    from households

),

segmented as (

    select
        customer_id,
        'demographic' as scheme,
        segment_code,
        segment_code as segment_code_on_previous_boundaries,
        cast(null as double) as score,
        cast(null as double) as confidence,
        case
            when not is_tonight then null
            when segment_code = 'not_applicable' then [{{ reason('account_type', 'account_type', '0') }}]
            when age_from_years is null or is_senior then [{{ reason('age_from_years', 'age_from_years', '0') }}]
            else [
                {{ reason('age_from_years', 'age_from_years', '0') }},
                {{ reason('children_count', 'children_count', '0') }},
                {{ reason('household_size', 'household_size', '0') }},
                {{ reason('marital_status', 'marital_status', '0') }}
            ]
        end as reasons,
        as_of_date
    from staged

)

select * from segmented
