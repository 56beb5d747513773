"""Results and expectations of a small build: a load, its contract, a model on it, a test of that model."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from orchestration.gate.ledger import Result
from orchestration.gate.verdict import Expected

NIGHT = dt.date(2024, 5, 31)
BEGIN = dt.datetime(2024, 6, 1, 2, 0, tzinfo=dt.UTC)


def make_result(name: str, *, step: int = 0, **changes: object) -> Result:
    """A passing result of one minute; step numbers put results after one another."""
    begun = BEGIN + dt.timedelta(minutes=step)
    passing = Result(
        name=name,
        kind="dbt",
        subject="marts.customers",
        severity="error",
        status="pass",
        as_of_date=NIGHT,
        run_id="run-1",
        started_at=begun,
        completed_at=begun + dt.timedelta(minutes=1),
    )
    return replace(passing, **changes)


@pytest.fixture
def night() -> dt.date:
    return NIGHT


@pytest.fixture(scope="session")
def result() -> Callable[..., Result]:
    return make_result


@pytest.fixture(scope="session")
def expected() -> list[Expected]:
    return [
        Expected("raw.orders", "Was orders loaded?"),
        Expected("contract__orders", "Does orders keep its contract?", after=("raw.orders",)),
        Expected("marts.customers", "Was marts.customers built?", after=("raw.orders",)),
        Expected("customers_are_unique", "Is every customer there once?", after=("marts.customers",)),
        Expected("model__clusters", "Are clusters stable?"),
    ]


@pytest.fixture(scope="session")
def passing(expected: list[Expected]) -> dict[str, Result]:
    return {item.name: make_result(item.name, step=step) for step, item in enumerate(expected)}
