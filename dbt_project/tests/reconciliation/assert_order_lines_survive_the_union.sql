-- Nothing is lost between staging and the union: per source and currency as many lines, with as much money in that
-- currency, anonymous ones included.
{% set staging_models = var('staging_models').get('order_lines', []) %}

with staged as (

    select
        cast(null as varchar) as source_name,
        cast(null as varchar) as currency_code,
        0 as lines_count,
        0 as net_amount
    where false
    {% for staging_model in staging_models %}
    union all
    select
        '{{ staging_model | replace('stg_', '', 1) }}' as source_name,
        currency_code,
        count(*) as lines_count,
        sum(net_amount) as net_amount
    from {{ ref(staging_model) }}
    group by currency_code
    {%- endfor %}

),

unioned as (

    select
        source_name,
        currency_code,
        count(*) as lines_count,
        sum(net_source_amount) as net_amount
    from {{ ref('int_canonical__order_lines') }}
    group by source_name, currency_code

),

different as (

    select
        coalesce(staged.source_name, unioned.source_name) as source_name,
        coalesce(staged.currency_code, unioned.currency_code) as currency_code,
        staged.lines_count as staged_lines_count,
        unioned.lines_count as unioned_lines_count,
        staged.net_amount as staged_net_amount,
        unioned.net_amount as unioned_net_amount
    from staged
    full join unioned
        on staged.source_name = unioned.source_name and staged.currency_code = unioned.currency_code
    where
        staged.lines_count is distinct from unioned.lines_count
        or staged.net_amount is distinct from unioned.net_amount

)

select * from different
