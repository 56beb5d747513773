"""A made-up company of any size, as the tables that features read.

Belongs here: drawing customers, products and order lines and putting them into a warehouse in the shapes that are
there. Does not belong here: computing anything from them.

Everything follows from a number by hashing, so a company is the same on every machine and in every run. Customers join
over two years; how often they buy is heavy-tailed, so that a few have hundreds of lines and many none.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb

from data_contracts import sql_quoting as sql

LAST_DAY = dt.date(2026, 6, 30)
# A day more than two years: the first of 24 month ends has its orders too.
FIRST_DAY = dt.date(2024, 6, 30)
TIME_ZONE = "Europe/Berlin"
# Of an order with what is refunded of it; of a customer.
LINES_PER_ORDER, LINES_PER_CUSTOMER, PRODUCTS = 2.2 * 1.03, 10, 1200
_DAY_US = 86_400_000_000
_ROOMS, _PRICES = ("kitchen", "bath", "garden", "office"), ("low", "middle", "high")
_CATEGORIES = [f"{room}, {price}" for room in _ROOMS for price in _PRICES]
_COUNTRIES = ["DE", "DE", "DE", "AT", "FR", "NL", "GB", "CH"]


def _draw(*parts: str) -> str:
    """A number from 0 to below 1 that follows from what is named.

    Hashed twice: hashes of several values are combined by exclusive or, so that draws for one number would be alike.
    """
    return f"((hash(hash({', '.join(parts)})) >> 11) / 9007199254740992.0)"


def _one_of(words: list[str], *parts: str) -> str:
    listed = ", ".join(sql.text(word) for word in words)
    return f"([{listed}])[1 + cast(floor({_draw(*parts)} * {len(words)}) as integer)]"


_WORKING_TABLES = f"""
    create or replace temp table drawn_products as
    select
        n,
        'P-' || lpad(cast(n as varchar), 5, '0') as sku,
        {_one_of(_CATEGORIES, "n", "'category'")} as category,
        'brand ' || cast(floor(40 * pow({_draw("n", "'brand'")}, 2)) as integer) as brand,
        cast(round(2 + 60 * pow({_draw("n", "'cost'")}, 3), 2) as decimal(18, 4)) as unit_cost_amount,
        cast(round((2 + 60 * pow({_draw("n", "'cost'")}, 3)) * (1.6 + {_draw("n", "'mark-up'")}), 2) as decimal(18, 4))
            as unit_price_amount
    from range({PRODUCTS}) as numbers (n);

    create or replace temp table drawn_customers as
    with drawn as (
        select
            n,
            'c_' || left(md5(cast(n as varchar)), 20) as customer_id,
                -- The first one orders on the first day, so that the smallest company has all its month ends too.
            case when n > 0 then cast(floor({_draw("n", "'joined'")} * $days) as integer) else 0 end as joined_day,
            least(100, pow(1 - {_draw("n", "'rate'")}, -0.6)) as rate
        from range($customers) as numbers (n)
    ), shared as (
        select *, rate * ($days - joined_day) as weight from drawn
    )
    select
        *,
        greatest(
            cast(n = 0 as integer),
            cast(floor(weight / sum(weight) over () * $orders + {_draw("n", "'rest'")}) as integer)
        ) as orders_count,
        {_one_of(_COUNTRIES, "n", "'country'")} as country,
        'region ' || cast(floor(16 * {_draw("n", "'region'")}) as integer) as region,
        $first_day + joined_day as joined_date
    from shared;

    create or replace temp table drawn_orders as
    with numbered as (
        select * exclude (rate, weight), unnest(range(orders_count)) as k from drawn_customers
    )
    select
        *,
        case
            when n = 0 and k = 0 then joined_date
            else joined_date + cast(floor({_draw("n", "k", "'day'")} * ($days - joined_day)) as integer)
        end as order_date,
        ([1, 1, 1, 1, 2, 2, 2, 3, 3, 6])[1 + cast(floor({_draw("n", "k", "'lines'")} * 10) as integer)] as lines_count
    from numbered;
"""

_LINES_OF_A_MONTH = f"""
    with lines as (
        select *, unnest(range(lines_count)) as line from drawn_orders
        where order_date >= $month and order_date < $month + interval 1 month
    ), sold as (
        select
            lines.*,
            'O-' || lines.n || '-' || lines.k as order_id,
            products.sku,
            1 + cast(floor(4 * pow({_draw("lines.n", "k", "line", "'quantity'")}, 3)) as integer) as quantity,
            products.unit_price_amount,
            case
                when {_draw("lines.n", "k", "line", "'discounted'")} < 0.3
                    then cast(0.05 + 0.35 * {_draw("lines.n", "k", "line", "'discount'")} as decimal(4, 2))
                else 0
            end as discount_share,
            {_draw("lines.n", "k", "line", "'refunded'")} < 0.03 as is_refunded,
            -- Microseconds, because arithmetic on times with a zone would cost more than all the rest.
            epoch_us(order_date) + cast({_draw("lines.n", "k", "'time'")} * 50000 + 21600 as bigint) * 1000000
                as ordered_us
        from lines
        inner join drawn_products as products
            on cast(floor(pow({_draw("lines.n", "k", "line", "'sku'")}, 2) * {PRODUCTS}) as bigint) = products.n
    ), amounts as (
        select
            *,
            cast(quantity * unit_price_amount as decimal(18, 4)) as gross_amount,
            cast(round(quantity * unit_price_amount * discount_share, 2) as decimal(18, 4)) as discount_amount,
            {_one_of(["parcel", "express", "pick-up", "locker"], "n", "k", "'delivery'")} as delivery_method
        from sold
    ), sales as (
        select
            customer_id,
            'shop__orders' as source_name,
            order_id,
            cast(line + 1 as varchar) as line_number,
            sku,
            'sale' as line_kind,
            {_one_of(["web", "web", "app", "store", "marketplace"], "n", "k", "'channel'")} as sales_channel,
            {_one_of(["mobile", "desktop", "tablet"], "n", "k", "'device'")} as device,
            delivery_method,
            country,
            region,
            case when discount_share > 0 then 'SAVE' || cast(100 * discount_share as integer) end as coupon_code,
            quantity,
            gross_amount,
            discount_amount,
            gross_amount - discount_amount as net_amount,
            order_date,
            make_timestamptz(ordered_us) as ordered_at,
            case when delivery_method <> 'pick-up' then make_timestamptz(ordered_us + 4 * {_DAY_US}) end as promised_at,
            case
                when delivery_method <> 'pick-up'
                    then make_timestamptz(
                        ordered_us + cast((1 + 4 * {_draw("n", "k", "'delivered'")}) * {_DAY_US} as bigint)
                    )
            end as delivered_at,
            ordered_us,
            3 + cast(hash(order_id) % 20 as integer) as refunded_after_days,
            is_refunded
        from amounts
    )
    select * exclude (ordered_us, refunded_after_days, is_refunded) from sales
    union all by name
    select
        * exclude (ordered_us, refunded_after_days, is_refunded) replace (
            line_number || '-r' as line_number, 'refund' as line_kind, -quantity as quantity,
            -gross_amount as gross_amount, -discount_amount as discount_amount, -net_amount as net_amount,
            order_date + refunded_after_days as order_date,
            make_timestamptz(ordered_us + refunded_after_days * {_DAY_US}) as ordered_at,
            null as promised_at, null as delivered_at
        )
    from sales
    where is_refunded and order_date + refunded_after_days <= $last_day
"""

_PRODUCTS = "select sku, 'product ' || n as product_name, category, brand, unit_cost_amount from drawn_products"
_CUSTOMERS = """
    select customer_id, 'consumer' as account_type, country, region, joined_date as known_since_date
    from drawn_customers
"""
# Every fifth customer has moved: their history has two rows.
_HISTORY = """
    with versions as (
        select *, unnest(case when n % 5 = 0 then [0, 1] else [0] end) as version from drawn_customers
    )
    select
        customer_id,
        case n % 3 when 0 then 'female' when 1 then 'male' end as gender,
        country,
        case when version = 1 then 'region 16' else region end as region,
        date '1950-01-01' + cast(hash(n) % 18000 as integer) as birth_date,
        hash(n, 'consent') % 3 > 0 as has_email_consent,
        joined_date + 90 * version as valid_from,
        case when n % 5 = 0 and version = 0 then joined_date + 90 end as valid_to
    from versions
"""


def fill(con: duckdb.DuckDBPyConnection, inputs: list[str], *, lines: int) -> None:
    """Replace the relations that features read by tables of the same columns, of so many lines or empty.

    Args:
        con: The warehouse.
        inputs: The relations, as ``schema.name``.
        lines: How many order lines, about.
    """
    days = (LAST_DAY - FIRST_DAY).days + 1
    values = {
        "days": days,
        "first_day": FIRST_DAY,
        "customers": max(100, lines // LINES_PER_CUSTOMER),
        "orders": lines / LINES_PER_ORDER,
    }
    for statement in duckdb.extract_statements(_WORKING_TABLES):
        con.execute(statement, {name: values[name] for name in statement.named_parameters})
    drawn = {
        "canonical.int_canonical__products": _PRODUCTS,
        "identity.int_identity__customers": _CUSTOMERS,
        "identity.int_identity__customer_history": _HISTORY,
    }
    for relation in inputs:
        _make_table(con, relation)
        if relation in drawn:
            con.execute(f"insert into {relation} by name {drawn[relation]}")
    month = FIRST_DAY.replace(day=1)
    while month <= LAST_DAY:
        # Month by month, as lines come to lie in a warehouse that has been loaded over years.
        con.execute(
            f"insert into identity.int_identity__order_lines by name {_LINES_OF_A_MONTH}",
            {"month": month, "last_day": LAST_DAY},
        )
        month = (month + dt.timedelta(days=32)).replace(day=1)


def _make_table(con: duckdb.DuckDBPyConnection, relation: str) -> None:
    """Put an empty table of the same columns in the place of a table or view."""
    schema, name = relation.split(".")
    views = con.execute(
        "select count(*) from duckdb_views() where schema_name = ? and view_name = ?", [schema, name]
    ).fetchone()
    con.execute(f"create temp table shape as select * from {relation} limit 0")
    con.execute(f"drop {'view' if views and views[0] else 'table'} {relation}")
    con.execute(f"create table {relation} as from shape")
    con.execute("drop table shape")


def write_parquet(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the lines, products and customers beside the warehouse, for those who read files."""
    folder.mkdir(parents=True, exist_ok=True)
    for relation in (
        "identity.int_identity__order_lines",
        "canonical.int_canonical__products",
        "identity.int_identity__customers",
    ):
        con.execute(f"copy (from {relation}) to {sql.path(folder / (relation.split('__')[1] + '.parquet'))}")
