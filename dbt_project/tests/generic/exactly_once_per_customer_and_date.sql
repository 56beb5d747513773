{#-
    The model has exactly the rows of the spine: no customer more, none fewer, none twice. Rows are counted and their
    keys' hashes added up per date, which one pass over each table answers where joining them would cost a sort of
    every customer on every date; a missing, foreign or repeated customer changes the sum.
-#}
{% test exactly_once_per_customer_and_date(model) %}

with spine as (

    select
        count(*) as expected_count,
        sum(hash(customer_id)) as expected_keys,
        as_of_date
    from {{ ref('int_customers__as_of') }}
    group by as_of_date

),

found as (

    select
        count(*) as found_count,
        sum(hash(customer_id)) as found_keys,
        as_of_date
    from {{ model }}
    group by as_of_date

),

different as (

    select
        coalesce(spine.as_of_date, found.as_of_date) as as_of_date,
        spine.expected_count,
        found.found_count
    from spine
    full join found on spine.as_of_date = found.as_of_date
    where
        spine.expected_count is distinct from found.found_count
        or spine.expected_keys is distinct from found.found_keys

)

select * from different

{% endtest %}
