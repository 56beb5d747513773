-- A line is anonymous only if nothing was said of the buyer, neither on the line nor on the bill that it names.
with order_lines as (

    select * from {{ ref('int_canonical__order_lines') }}
    where line_kind <> 'cancellation'

),

{% if var('identity_matching') -%}
contact_profiles as (

    select * from {{ ref('int_identity__contact_profiles') }}
    where profile_id is not null

),

{% endif -%}
named_lines as (

    select
        order_lines.source_name,
        count(*) as named_lines_count
    from order_lines
    {% if var('identity_matching') -%}
    where
        coalesce(order_lines.customer_ref, order_lines.email, order_lines.phone) is not null
        or order_lines.contact_ref in (select contact_profiles.contact_ref from contact_profiles)
    {%- else -%}
    where order_lines.customer_ref is not null
    {%- endif %}
    group by order_lines.source_name

),

identified_lines as (

    select
        source_name,
        count(*) as identified_lines_count
    from {{ ref('int_identity__order_lines') }}
    where customer_id is not null
    group by source_name

),

different as (

    select
        coalesce(named_lines.source_name, identified_lines.source_name) as source_name,
        named_lines.named_lines_count,
        identified_lines.identified_lines_count
    from named_lines
    full join identified_lines on named_lines.source_name = identified_lines.source_name
    where named_lines.named_lines_count is distinct from identified_lines.identified_lines_count

)

select * from different
