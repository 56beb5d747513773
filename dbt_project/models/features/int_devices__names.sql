-- One row per device as the sources write it, with its kind: that of the first pattern that a word of the name begins
-- with. Devices that no pattern fits are left out.
with order_lines as (

    select * from {{ ref('int_identity__order_lines') }}

),

patterns as (

    select * from {{ ref('device_kinds') }}

),

names as (

    select distinct device
    from order_lines
    where device is not null

),

spelled as (

    select
        device,
        {{ folded('device') }} as folded_name
    from names

),

kinds as (

    select
        spelled.device,
        arg_min(patterns.device_kind, patterns.match_order) as device_kind
    from spelled
    inner join patterns on contains(' ' || spelled.folded_name, ' ' || patterns.pattern)
    group by spelled.device

)

select * from kinds
