-- The segments of every scheme add up to everybody, category by category and month by month: what was bought to the
-- unit, what is expected but for rounding. Of everybody, older months are known too, whose membership is not.
with demand as (

    select * from {{ ref('category_demand') }}

),

everybody as (

    select * from demand
    where scheme = 'all'

),

summed as (

    select
        scheme,
        category_code,
        sum(units_count) as units_count,
        sum(expected_units_count) as expected_units_count,
        month_date
    from demand
    group by scheme, category_code, month_date

),

differing as (

    select
        summed.*,
        everybody.units_count as all_units_count,
        everybody.expected_units_count as all_expected_units_count
    from summed
    left join everybody
        on summed.category_code = everybody.category_code and summed.month_date = everybody.month_date
    where
        summed.units_count is distinct from everybody.units_count
        or (summed.expected_units_count is null) <> (everybody.expected_units_count is null)
        or abs(summed.expected_units_count - everybody.expected_units_count)
        > 1e-6 * greatest(1, everybody.expected_units_count)

)

select * from differing
