"""Random schemes as a person could write them, and every customer that they could tell apart.

Conditions take their limits from a few values, so that the values in ``EVERY`` lie at, between and beyond all of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from orchestration.configuration.custom_scheme_settings import CustomScheme
from orchestration.configuration.custom_schemes.rules import Point, Scheme, read_scheme
from orchestration.configuration.yaml_file import YamlFile
from tests.unit.custom_schemes.conftest import CATALOG

NOWHERE = YamlFile(path=Path("tessera.yml"), content={}, _root=None)
AS_OF = dt.date(2026, 6, 30)

# What conditions compare with, as it is written.
LIMITS: dict[str, list[str]] = {
    "order_count": ["0", "1", "2", "4"],
    "balance_change": ["-2", "0", "1"],
    # The second lies between two values that the column can hold.
    "spent_amount": ["0", "1.00005", "2"],
    "discount_share": ["0", "25%", "0.5"],
    "last_order_date": ["2026-06-01", "2026-06-02", "2026-06-10"],
}
EVERY: dict[str, list[Any]] = {
    "order_count": [0, 1, 2, 3, 4, 5, None],
    "balance_change": [-3, -2, -1, 0, 1, 2, None],
    "spent_amount": [*map(Decimal, ("-1", "0", "0.5", "1", "1.0001", "1.5", "2", "2.5")), None],
    "discount_share": [0.0, 0.1, 0.25, 0.3, 0.5, 0.7, None],
    "country": ["DE", "AT", "FR", None],
    "gender": ["unknown", "f", "m", None],
    "is_member": [True, False, None],
    "last_order_date": [*(dt.date(2026, 6, day) for day in (1, 2, 3, 10, 11)), dt.date(2026, 5, 31), None],
}
DAYS_AGO = ["0", "1", "3"]
EVERY_DAYS_AGO = [-1, 0, 1, 2, 3, 4, None]

NULLS = st.sampled_from(["known", "unknown"])


@st.composite
def ordered(draw: st.DrawFn, limits: list[str], unit: str = "") -> str:
    if draw(st.booleans()):
        low, high = sorted(draw(st.lists(st.sampled_from(range(len(limits))), min_size=2, max_size=2)))
        return f"{limits[low]} to {limits[high]}{unit}"
    sign = draw(st.sampled_from([">=", ">", "<=", "<", "=", "!="]))
    return f"{sign} {draw(st.sampled_from(limits))}{unit}"


def conditions(feature: str, *, days_ago: bool) -> st.SearchStrategy[Any]:
    if feature in ("country", "gender"):
        names = ["DE", "AT"] if feature == "country" else ["= unknown", "f"]
        single: st.SearchStrategy[Any] = st.sampled_from(names) | NULLS
    elif feature == "is_member":
        single = st.booleans() | NULLS
    elif feature == "last_order_date" and days_ago:
        single = ordered(DAYS_AGO, " days ago") | NULLS
    else:
        single = ordered(LIMITS[feature]) | NULLS
    several = single | st.lists(single, min_size=1, max_size=3)
    return several | several.map(lambda written: {"not": written})


@st.composite
def schemes(draw: st.DrawFn, *, most_features: int = 3) -> Scheme:
    features = draw(st.lists(st.sampled_from(sorted(CATALOG)), min_size=1, max_size=most_features, unique=True))
    days_ago = draw(st.booleans())

    def some() -> dict[str, Any]:
        asked = draw(st.lists(st.sampled_from(features), min_size=1, unique=True))
        return {name: draw(conditions(name, days_ago=days_ago)) for name in asked}

    rules = []
    for number in range(draw(st.integers(1, 5))):
        when: dict[str, Any] = some()
        if draw(st.booleans()):
            when["any"] = [some() for _ in range(draw(st.integers(1, 2)))]
        rules.append({"segment": f"segment_{number}", "when": when})
    written: dict[str, Any] = {"description": "Test?", "rules": rules}
    if draw(st.booleans()):
        written["otherwise"] = "others"
    return read_scheme("test", CustomScheme.model_validate(written), catalog=CATALOG, file=NOWHERE)


def every_customer(scheme: Scheme) -> Iterator[Point]:
    """Every customer that the scheme's conditions can tell apart, dates as the scheme counts them."""
    values = [EVERY_DAYS_AGO if name in scheme.in_days else EVERY[name] for name in scheme.columns]
    for combination in product(*values):
        yield dict(zip(scheme.columns, combination, strict=True))
