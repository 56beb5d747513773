"""The split of a segment's growth adds up exactly, whoever moves where and buys what."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.repository import DBT_PROJECT
from scripts.dbt_model_sql import model_sql, project_macros

SQL = model_sql(
    (DBT_PROJECT / "models" / "kpis" / "int_kpis__growth.sql").read_text("utf-8"),
    name="int_kpis__growth",
    variables={"model_schemes": []},
    macros=project_macros(),
).text
BEFORE, NOW = "2026-04-30", "2026-05-31"
# "entered" before: not known yet; "entered" now too: became known in the second period.
SEGMENTS = ("a", "b", "c", "entered")
MONEY = st.decimals(min_value=-5000, max_value=50000, places=4)
CUSTOMER = st.tuples(
    st.sampled_from(SEGMENTS), st.sampled_from(SEGMENTS), st.integers(0, 9), MONEY, st.integers(0, 9), MONEY
).filter(lambda customer: customer[1] != "entered" or customer[0] == "entered")


@pytest.fixture(scope="module")
def tables() -> duckdb.DuckDBPyConnection:
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            create table int_kpis__periods as
                select 'month' as period_kind, * from (values
                    (false, date '2026-05-01', date '2026-05-31', date '{BEFORE}', null),
                    (true, date '2026-06-01', date '2026-06-30', date '{NOW}', date '{BEFORE}')
                ) as periods (
                    is_newest, period_start_date, period_end_date, membership_date, previous_membership_date
                );
            create table int_kpis__sums (
                scheme varchar, segment_code varchar, period_kind varchar, customers_count bigint, order_count bigint,
                net_revenue_amount decimal(38, 4), membership_date date
            );
            create table int_segmentations__folds (
                scheme varchar, segment_code varchar, reported_segment_code varchar, as_of_date date
            );
            create table int_kpis__kept_movers (
                scheme varchar, from_segment_code varchar, to_segment_code varchar, period_kind varchar,
                customers_count bigint, order_before_count bigint, net_revenue_before_amount decimal(38, 4),
                order_now_count bigint, net_revenue_now_amount decimal(38, 4), membership_date date
            )
            """
        )
        yield connection


def fill(con: duckdb.DuckDBPyConnection, customers: list[tuple], folded: set[tuple[str, str]]) -> None:
    for table in ("int_kpis__sums", "int_segmentations__folds", "int_kpis__kept_movers"):
        con.execute(f"delete from {table}")
    for date, place in ((BEFORE, 0), (NOW, 1)):
        for code in SEGMENTS:
            members = [customer for customer in customers if customer[place] == code]
            sums = [len(members), sum(m[2 + 2 * place] for m in members), sum(m[3 + 2 * place] for m in members)]
            schemes = [("all", "entered" if code == "entered" else "all")]
            schemes += [("s", code)] if code != "entered" else []
            for scheme, segment in schemes:
                con.execute(
                    "insert into int_kpis__sums values ($1, $2, 'month', $3, $4, $5, $6)",
                    [scheme, segment, *sums, date],
                )
            if code != "entered" and members:
                reported = "other" if (code, date) in folded else code
                con.execute("insert into int_segmentations__folds values ('s', $1, $2, $3)", [code, reported, date])
    # Everybody together is one segment.
    con.execute(
        "create or replace temp table added as select scheme, segment_code, period_kind, sum(customers_count), "
        "sum(order_count), sum(net_revenue_amount), membership_date from int_kpis__sums group by all"
    )
    con.execute("delete from int_kpis__sums; insert into int_kpis__sums from added")
    moved: Counter[tuple[str, str]] = Counter((c[0], c[1]) for c in customers if c[0] != c[1])
    for (source, target), count in moved.items():
        movers = [c for c in customers if (c[0], c[1]) == (source, target)]
        sums = [count, *(sum(mover[at] for mover in movers) for at in (2, 3, 4, 5))]
        con.execute(
            "insert into int_kpis__kept_movers values ('s', $1, $2, 'month', $3, $4, $5, $6, $7, $8)",
            [source, target, *sums, NOW],
        )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(CUSTOMER, min_size=1, max_size=25),
    st.sets(st.tuples(st.sampled_from(("a", "b", "c")), st.sampled_from((BEFORE, NOW)))),
)
def test_effects_are_the_change_and_segments_the_company(
    tables: duckdb.DuckDBPyConnection, customers: list[tuple], folded: set[tuple[str, str]]
) -> None:
    fill(tables, customers, folded)
    change = sum((customer[5] - customer[3] for customer in customers), Decimal(0))
    rows = tables.execute(
        "select scheme, segment_code, change_amount, mover_effect_amount + rate_effect_amount + mix_effect_amount "
        f"from ({SQL}\n) as growth"
    ).fetchall()
    for scheme, segment, changed, effects in rows:
        assert changed == effects, (scheme, segment)
    for scheme in ("s", "all"):
        assert sum((row[2] for row in rows if row[0] == scheme), Decimal(0)) == change
    # Whoever stays and does as before changes nothing.
    same = [
        (segment, segment, orders, money, orders, money)
        for segment, _, orders, money, _, _ in customers
        if segment != "entered"
    ]
    fill(tables, same, folded)
    effects = tables.execute(
        f"select mover_effect_amount, rate_effect_amount, mix_effect_amount from ({SQL}\n)"
    ).fetchall()
    assert set(effects) <= {(0, 0, 0)}
