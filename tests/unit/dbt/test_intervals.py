"""Intervals and deviations of results, held against another implementation."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from scripts.dbt_macros import macros

MACROS = macros("intervals")
AMOUNTS = st.lists(st.integers(min_value=-100_000_000, max_value=100_000_000), min_size=2, max_size=60)


def bounds(con: duckdb.DuckDBPyConnection, successes: int, total: int) -> tuple[float | None, float | None]:
    found = con.execute(
        f"select {MACROS.share_bound('successes', 'total', -1)}, {MACROS.share_bound('successes', 'total', 1)} "
        "from (select $1::bigint as successes, $2::bigint as total)",
        [successes, total],
    ).fetchone()
    assert found is not None
    return found


@settings(max_examples=200, deadline=None)
@given(st.integers(min_value=1, max_value=10_000_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_share_is_that_of_wilson(con, counts: tuple[int, int]) -> None:
    successes, total = counts
    expected = proportion_confint(successes, total, alpha=0.05, method="wilson")
    low, high = bounds(con, successes, total)
    assert (low, high) == pytest.approx(expected, abs=1e-6)
    assert 0 <= low <= successes / total + 1e-12
    assert successes / total - 1e-12 <= high <= 1


def test_of_nobody_there_is_no_interval(con) -> None:
    assert bounds(con, 0, 0) == (None, None)


@settings(max_examples=100, deadline=None)
@given(AMOUNTS)
def test_the_deviation_of_exact_sums_is_that_of_the_sample(con, cents: list[int]) -> None:
    amounts = [cent / 100 for cent in cents]
    found = con.execute(
        f"select {MACROS.deviation('squares', 'total', 'number')} from ("
        "select sum(cast(amount as decimal(38, 4)) * amount) as squares, sum(amount) as total, count(*) as number "
        "from (select cast(unnest($1::double[]) as decimal(18, 4)) as amount))",
        [amounts],
    ).fetchone()
    assert found is not None
    assert found[0] == pytest.approx(np.std(amounts, ddof=1), rel=1e-6, abs=max(abs(a) for a in amounts) * 1e-6)
