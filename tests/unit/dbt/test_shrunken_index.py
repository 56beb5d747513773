"""How many times as many as usual: shrunken towards 1, with an interval."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scripts.dbt_macros import macros

MACROS = macros("shrunken_index")
PRIOR = 10
SIGMAS = 1.959964
COUNTS = st.integers(min_value=0, max_value=1_000_000)
EXPECTED = st.floats(min_value=1e-6, max_value=1e6)


def index_of(con: duckdb.DuckDBPyConnection, observed: int, expected: float) -> tuple[float, float, float]:
    """The index, and the lower and the upper end of its interval."""
    found = con.execute(
        f"select {MACROS.shrunken_index('observed', 'expected', PRIOR)}, "
        f"{MACROS.shrunken_index_bound('observed', 'expected', PRIOR, -SIGMAS)}, "
        f"{MACROS.shrunken_index_bound('observed', 'expected', PRIOR, SIGMAS)} "
        "from (select $1::bigint as observed, $2::double as expected)",
        [observed, expected],
    ).fetchone()
    assert found is not None
    return found


@settings(max_examples=200, deadline=None)
@given(COUNTS, EXPECTED)
def test_the_interval_holds_the_index(con, observed: int, expected: float) -> None:
    index, lower, upper = index_of(con, observed, expected)
    assert 0 <= lower < index < upper


@settings(max_examples=200, deadline=None)
@given(COUNTS, EXPECTED)
def test_the_bounds_are_the_quantiles_of_the_gamma_distribution(con, observed: int, expected: float) -> None:
    _, lower, upper = index_of(con, observed, expected)
    posterior = stats.gamma(PRIOR + observed, scale=1 / (PRIOR + expected))
    assert lower == pytest.approx(posterior.ppf(0.025), rel=0.01)
    assert upper == pytest.approx(posterior.ppf(0.975), rel=0.01)


@settings(max_examples=200, deadline=None)
@given(COUNTS, EXPECTED)
def test_it_lies_between_the_plain_ratio_and_one(con, observed: int, expected: float) -> None:
    index, _, _ = index_of(con, observed, expected)
    ends = sorted((1.0, observed / expected))
    assert ends[0] - 1e-9 <= index <= ends[1] + 1e-9


@pytest.mark.parametrize("ratio", [0.0, 0.3, 1.0, 2.5])
def test_many_customers_tend_to_the_plain_ratio_and_few_to_one(con, ratio: float) -> None:
    distances = [abs(index_of(con, round(ratio * expected), expected)[0] - ratio) for expected in (10.0, 1e3, 1e5, 1e7)]
    assert distances == sorted(distances, reverse=True)
    assert distances[-1] < 1e-4
    assert index_of(con, 0, 1e-9)[0] == pytest.approx(1)


@settings(max_examples=100, deadline=None)
@given(st.integers(min_value=0, max_value=100_000), EXPECTED)
def test_one_customer_more_raises_the_index_and_both_bounds(con, observed: int, expected: float) -> None:
    fewer, more = index_of(con, observed, expected), index_of(con, observed + 1, expected)
    assert all(low < high for low, high in zip(fewer, more, strict=True))


@pytest.mark.parametrize(
    ("number", "told"), [(12.04, "12.0"), (2.06, "2.1"), (0.0975, "0.1"), (0.041, "0.04"), (0.0, "0.00")]
)
def test_a_multiple_never_reads_as_nothing_while_it_is_something(con, number: float, told: str) -> None:
    assert con.execute(
        f"select {MACROS.times_words('number')} from (select {number}::double as number)"
    ).fetchone() == (told,)
