"""Marts of two nights that a digest has something to say of, in every chapter.

Belongs here: rows that differ from those of the explored company. Does not belong here: what is said of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from orchestration.digest.reading import Edition, read_edition
from tests.support import explored
from tests.support.explored import ABOUT, NIGHT, Rows
from tests.support.explored.common import DATES, money

__all__ = ["ABOUT", "NIGHT", "edition", "write"]

_BEFORE = DATES[-2]
# From, to, customers, of them because a limit moved, margin of the year before.
_STEPS = [
    ("champions", "loyal", 40, 15, 4000.0),
    ("loyal", "champions", 10, 0, 900.5),
    ("loyal", "lost", 30, 0, 300.0),
    ("champions", "champions", 120, 0, 9000.0),
    ("loyal", "loyal", 100, 0, 5000.0),
    ("lost", "lost", 60, 0, 60.0),
    ("entered", "loyal", 20, 0, None),
]


def _transitions() -> Rows:
    return [
        {
            "scheme": "rfm",
            "from_segment_code": origin,
            "to_segment_code": to,
            "customers_count": count,
            "customer_changed_count": 0 if origin in ("entered", to) else count - limit,
            "boundary_moved_count": limit,
            "margin_before_amount": None if margin is None else money(margin),
            "previous_as_of_date": _BEFORE,
            "as_of_date": NIGHT,
        }
        for origin, to, count, limit, margin in _STEPS
    ]


def _alert(kpi: str, direction: str, *, effect: float, **over: Any) -> dict[str, Any]:
    return {
        "scheme": "rfm",
        "segment_code": "loyal",
        "segment_name": "Loyal",
        "period_kind": "month",
        "kpi": kpi,
        "kpi_name": kpi.upper(),
        "unit": "share",
        "direction": direction,
        "sentence": f"{kpi} of Loyal changed in June 2026.",
        "effect_size": effect,
        "kpi_value": 0.61,
        "target_at_least": None,
        "target_at_most": None,
        "is_alert": True,
        "is_target_met": None,
    } | over


def _alerts() -> Rows:
    return [
        *(_alert(f"worse {number}", "bad", effect=-number / 10) for number in range(1, 6)),
        _alert("better", "good", effect=0.9),
        _alert("goal", "none", effect=0.0, target_at_least=0.8, is_alert=False, is_target_met=False),
        _alert("calm", "bad", effect=0.1, is_alert=False),
    ]


def _day(date: dt.date) -> dt.datetime:
    return dt.datetime.combine(date + dt.timedelta(days=1), dt.time(2))


def _check(name: str, kind: str, status: str, detail: str, **over: Any) -> dict[str, Any]:
    return {
        "check_name": name,
        "check_kind": kind,
        "subject": name.replace("delivery__", "raw."),
        "severity": "warn",
        "status": status,
        "failures_count": 1 if status == "warn" else 0,
        "records_count": None,
        "rejected_count": None,
        "detail": detail,
        "run_id": "run",
        "is_current": True,
        "as_of_date": NIGHT,
        "checked_at": _day(NIGHT),
    } | over


def _quality() -> Rows:
    late = _check("delivery__shop__orders", "delivery", "warn", "the newest event is of 2026-06-01")
    then = {"is_current": False, "run_id": "then"}
    return [
        late,
        late | then | {"as_of_date": DATES[-2], "checked_at": _day(DATES[-2])},
        late | then | {"as_of_date": DATES[-3], "checked_at": _day(DATES[-3])},
        late | then | {"as_of_date": DATES[-4], "checked_at": _day(DATES[-4]), "status": "pass"},
        late | then | {"as_of_date": DATES[-5], "checked_at": _day(DATES[-5])},
        _check("assert_sums_fit", "dbt", "warn", "Do sums fit? No: total 3; total 4", failures_count=2),
        _check("model__return__are_features_where_they_were", "model", "pass", "all of them"),
        _check(
            "identity__is_matching_precise", "model", "pass", "1,064 doubtful pairs to review: tessera identity review"
        ),
        *(
            _check(
                f"raw.{table}",
                "build",
                "warn",
                f"900 records, {count} rejected (x {count}), {count} of them open: tessera quarantine show {table}",
                rejected_count=count,
                failures_count=count,
            )
            for table, count in (("shop__orders", 251), ("crm__people", 3))
        ),
    ]


def _sizes() -> Rows:
    def campaign(name: str, status: str, launches: dt.date, **over: Any) -> dict[str, Any]:
        return {
            "campaign_id": name,
            "campaign_name": name.title(),
            "status": status,
            "not_exported_because": None,
            "contacted_count": 120,
            "launches_on_date": launches,
            "launched_date": None,
        } | over

    return [
        campaign("launched", "running", NIGHT, launched_date=NIGHT),
        campaign("coming", "planned", NIGHT + dt.timedelta(days=3)),
        campaign("far", "planned", NIGHT + dt.timedelta(days=30)),
        campaign("old", "running", DATES[-2], launched_date=DATES[-2]),
        campaign("late", "missed", DATES[-2], not_exported_because="it ended without a launch"),
    ]


def _rules(rows: Rows) -> Rows:
    return [row | {"first_displaced_gain_amount": money(1562.28)} for row in rows]


def write(folder: Path, *, change: Callable[[str, Rows], Rows | None] = lambda _, rows: rows) -> Path:
    """Write the marts; ``change`` makes other rows of them."""
    made: dict[str, Callable[[Rows], Rows]] = {
        "segment_transitions": lambda _: _transitions(),
        "kpi_alerts": lambda _: _alerts(),
        "data_quality": lambda _: _quality(),
        "audience_sizes": lambda _: _sizes(),
        "treatment_rules": _rules,
    }
    return explored.write(folder, change=lambda name, rows: change(name, made.get(name, lambda same: same)(rows)))


def edition(folder: Path, *, version: str = "v000007", models: dict[str, str] | None = None) -> Edition:
    """What the digest reads of such a folder."""
    return read_edition(folder, version=version, models=models or {"return": "aaaa", "clusters": "bbbb"})
