-- Who a line belongs to is decided once: the identity layer has exactly the lines of the union that took place.
with canonical_lines as (

    select
        source_name,
        count(*) as lines_count,
        sum(net_amount) as net_amount
    from {{ ref('int_canonical__order_lines') }}
    where line_kind <> 'cancellation'
    group by source_name

),

identified_lines as (

    select
        source_name,
        count(*) as lines_count,
        sum(net_amount) as net_amount
    from {{ ref('int_identity__order_lines') }}
    group by source_name

),

different as (

    select
        coalesce(canonical_lines.source_name, identified_lines.source_name) as source_name,
        canonical_lines.lines_count as canonical_lines_count,
        identified_lines.lines_count as identified_lines_count,
        canonical_lines.net_amount as canonical_net_amount,
        identified_lines.net_amount as identified_net_amount
    from canonical_lines
    full join identified_lines on canonical_lines.source_name = identified_lines.source_name
    where
        canonical_lines.lines_count is distinct from identified_lines.lines_count
        or canonical_lines.net_amount is distinct from identified_lines.net_amount

)

select * from different
