-- One row per delivery method as the sources write it, with its kind: that of the first pattern that a word of the
-- name begins with. A method that is named but not recognised is taken for the standard one.
with order_lines as (

    select * from {{ ref('int_identity__order_lines') }}

),

patterns as (

    select * from {{ ref('delivery_kinds') }}

),

names as (

    select distinct delivery_method
    from order_lines
    where delivery_method is not null

),

spelled as (

    select
        delivery_method,
        {{ folded('delivery_method') }} as folded_name
    from names

),

kinds as (

    select
        spelled.delivery_method,
        coalesce(arg_min(patterns.delivery_kind, patterns.match_order), 'standard') as delivery_kind
    from spelled
    left join patterns on contains(' ' || spelled.folded_name, ' ' || patterns.pattern)
    where spelled.folded_name is not null
    group by spelled.delivery_method

)

select * from kinds
