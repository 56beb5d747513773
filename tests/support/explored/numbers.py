"""Numbers on the screen, held against queries on the marts.

Belongs here: reading what the page shows, and asking the marts for the same in queries that are not the page's own.
Does not belong here: what the page should show.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.browser import Opened

# Tables that the page makes of several marts, by queries that are not the page's own.
MADE = {
    "movement": """
        select scheme, as_of_date, sum(if(from_segment_code = 'entered', 0, customers_count)) as known_before_count,
            sum(if(from_segment_code = 'entered', customers_count, 0)) as entered_count,
            sum(if(from_segment_code in ('entered', to_segment_code), 0, customers_count)) as moved_count,
            sum(customer_changed_count) as customer_changed_count, sum(boundary_moved_count) as boundary_moved_count
        from segment_transitions group by all""",
    "membership_certainty": """
        select scheme, segment_code, avg(confidence) as confidence_mean
        from segment_memberships where is_current group by all""",
    "segment_reach": """
        select scheme, segment_code, avg((not is_contactable_by_email)::int) as not_email_share,
            avg((not is_contactable_by_sms)::int) as not_sms_share,
            avg((not is_contactable_by_phone)::int) as not_phone_share
        from segment_memberships join customers using (customer_id) where is_current group by all""",
    "treatment_mix": """
        with long as (
            select customer_id, regexp_replace(name, '_code$', '') as dimension, treatment
            from (unpivot treatments on columns('.*_code$') into name name value treatment)
            where name not like '%_rule_code'
        )
        , counted as (
            select scheme, segment_code, dimension, treatment, count(*) as customers_count
            from segment_memberships join long using (customer_id) where is_current group by all
        )
        select *, customers_count / sum(customers_count) over (partition by scheme, segment_code, dimension)
            as treated_share from counted""",
}
TOTALS = {
    "customers": "count(*)",
    "active_customers": "count(*) filter (where order_365d_count > 0)",
    "net_revenue_365d": "sum(net_revenue_365d_amount)",
    "margin_365d": "sum(margin_365d_amount)",
    "expected_margin_365d": "sum(expected_margin_365d_amount)",
    "nps_answers": "count(*) filter (where latest_nps_answer is not null and days_since_last_nps_answer <= 365)",
    "nps": "100 * avg(if(latest_nps_answer >= 9, 1, if(latest_nps_answer <= 6, -1, 0))) "
    "filter (where latest_nps_answer is not null and days_since_last_nps_answer <= 365)",
}


def numbers(found: Opened) -> list[dict[str, Any]]:
    """Every number on the screen: what is written, its value, and where it says that it comes from."""
    return list(
        found.page.eval_on_selector_all(
            "data",
            "all => all.map((one) => ({ text: one.textContent, value: Number(one.value), ...one.dataset }))",
        )
    )


def read_as(text: str) -> tuple[float, float]:
    """The number that a text says, and how far it may be off by rounding."""
    found = re.fullmatch(r"([+-]?)€?([\d,]+(?:\.(\d+))?)(m|bn)?(%| times| days?)?", text.replace("\u2212", "-"))
    assert found, text
    scale = {"m": 1e6, "bn": 1e9}.get(found[4] or "", 1) * (0.01 if found[5] == "%" else 1)
    value = float(found[2].replace(",", "")) * scale * (-1 if found[1] == "-" else 1)
    return value, 0.5000001 * 10.0 ** -len(found[3] or "") * scale


def assert_numbers_are_of_the_marts(folder: Path, shown: list[dict[str, Any]]) -> None:
    with duckdb.connect(":memory:") as marts:
        for file in folder.glob("*.parquet"):
            marts.execute(f"create view \"{file.stem}\" as from '{file}'")
        for name, query in MADE.items():
            if name != "treatment_mix" or (folder / "treatments.parquet").is_file():
                marts.execute(f"create table {name} as {query}")
        for number in {json.dumps(number, sort_keys=True): number for number in shown}.values():
            rows = expected(marts, number)
            assert len(rows) == 1, number
            assert float(rows[0][0]) == pytest.approx(number["value"], rel=1e-6, abs=1e-12), number
            written, off = read_as(number["text"])
            assert written == pytest.approx(number["value"], abs=off), number


def expected(marts: duckdb.DuckDBPyConnection, number: dict[str, Any]) -> list[tuple[Any, ...]]:
    if "total" in number:
        if number["total"] in ("nps_low", "nps_high"):
            return interval_of_nps(marts, upper=number["total"] == "nps_high")
        return marts.execute(f"select {TOTALS[number['total']]} from customers").fetchall()
    key = json.loads(number["key"])
    distinct = key.pop("distinct", None)
    what = f'"{number["column"]}"'
    if number["column"] == "*":
        what = f"count(distinct {distinct})" if distinct else "count(*)"
    where = " and ".join(f'"{name}"::varchar = ?' for name in key) or "true"
    values = [str(value).lower() if isinstance(value, bool) else str(value) for value in key.values()]
    return marts.execute(f'select {what} from "{number["mart"]}" where {where}', values).fetchall()


def interval_of_nps(marts: duckdb.DuckDBPyConnection, *, upper: bool) -> list[tuple[float]]:
    """Of a mean of +1, 0 and -1, by its standard error."""
    (mean, spread, n) = marts.execute(
        "select avg(vote), stddev_pop(vote), count(*) from ("
        "select if(latest_nps_answer >= 9, 1, if(latest_nps_answer <= 6, -1, 0)) as vote from customers "
        "where latest_nps_answer is not null and days_since_last_nps_answer <= 365)"
    ).fetchall()[0]
    return [(100 * (mean + (1.959963984540054 if upper else -1.959963984540054) * spread / n**0.5),)]
