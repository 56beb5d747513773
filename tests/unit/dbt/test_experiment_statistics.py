"""The statistics of experiments in SQL, held against published figures and scipy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scripts.dbt_macros import macros

MACROS = macros("intervals", "experiment_statistics")
Values = Callable[[str, dict[str, list[float]]], np.ndarray]


@pytest.fixture(scope="module")
def values() -> Values:
    """What an expression gives for each of the values of its variables."""
    con = duckdb.connect()

    def evaluate(expression: str, columns: dict[str, list[float]]) -> np.ndarray:
        unnested = ", ".join(
            f"unnest({list(map(float, numbers))}::double[]) as {name}" for name, numbers in columns.items()
        )
        return np.array([row[0] for row in con.execute(f"select {expression} from (select {unnested})").fetchall()])

    return evaluate


def newcombe(values: Values, pairs: list[tuple[int, int, int, int]]) -> np.ndarray:
    columns = {
        "p": [a / m for a, m, _, _ in pairs],
        "m": [m for _, m, _, _ in pairs],
        "q": [b / n for _, _, b, n in pairs],
        "n": [n for *_, n in pairs],
    }
    return np.c_[tuple(values(MACROS.newcombe_bound("p", "m", "q", "n", sign), columns) for sign in (-1, 1))]


# Newcombe 1998, Statistics in Medicine 17, table II, method 10.
PUBLISHED = {
    (56, 70, 48, 80): (0.0524, 0.3339),
    (9, 10, 3, 10): (0.1705, 0.8090),
    (6, 7, 2, 7): (0.0582, 0.8062),
    (5, 56, 0, 29): (-0.0381, 0.1926),
    (0, 10, 0, 20): (-0.1611, 0.2775),
    (0, 10, 0, 10): (-0.2775, 0.2775),
    (10, 10, 0, 20): (0.6791, 1.0000),
    (10, 10, 0, 10): (0.6075, 1.0000),
}


def test_intervals_of_differences_of_rates_are_those_that_newcombe_printed(values: Values) -> None:
    assert newcombe(values, list(PUBLISHED)) == pytest.approx(np.array(list(PUBLISHED.values())), abs=5.1e-5)


@settings(max_examples=200, deadline=None)
@given(st.integers(10, 5000), st.integers(10, 5000), st.floats(0, 1), st.floats(0, 1))
def test_such_an_interval_holds_the_difference_is_none_beyond_1_and_turns_with_the_arms(
    values: Values, m: int, n: int, p: float, q: float
) -> None:
    a, b = round(p * m), round(q * n)
    ((low, high),) = newcombe(values, [(a, m, b, n)])
    assert -1 - 1e-12 <= low <= a / m - b / n + 1e-12
    assert a / m - b / n - 1e-12 <= high <= 1 + 1e-12
    ((turned_low, turned_high),) = newcombe(values, [(b, n, a, m)])
    assert (turned_low, turned_high) == pytest.approx((-high, -low), abs=1e-12)


def test_normal_probabilities_are_right_to_what_the_source_says(values: Values) -> None:
    z = np.linspace(-8, 8, 801)
    found = values(MACROS.two_sided_normal_p("z"), {"z": list(z)})
    assert found == pytest.approx(2 * stats.norm.sf(np.abs(z)), abs=1.6e-7)


def test_the_quantile_of_t_is_right_from_nine_degrees_on(values: Values) -> None:
    degrees = np.r_[np.linspace(9, 60, 103), 100, 1000, 1e6]
    found = values(MACROS.t_975("v"), {"v": list(degrees)})
    assert found == pytest.approx(stats.t.ppf(0.975, degrees), abs=2e-5)


def test_probabilities_of_t_are_right_from_nine_degrees_on(values: Values) -> None:
    t, degrees = (grid.ravel() for grid in np.meshgrid(np.linspace(0, 8, 81), [9, 9.7, 12, 17.776, 40, 250.5, 1e5]))
    found = values(MACROS.two_sided_t_p("t", "v"), {"t": list(t), "v": list(degrees)})
    assert found == pytest.approx(2 * stats.t.sf(t, degrees), abs=2e-6)


def test_no_spread_at_all_is_not_taken_for_the_rounding_of_numbers(values: Values) -> None:
    columns = {"s": [0.1 * 7 * 0.1, 1e12 / 3 * 10], "a": [0.7, 1e6 / 3**0.5 * 10], "n": [7, 10]}
    exact = [7 * (0.1 * 0.1), 10 * (1e6 / 3**0.5) ** 2]
    found = values(MACROS.sample_covariance("s", "a", "a", "n"), {**columns, "s": exact})
    assert found.tolist() == [0, 0]


def test_the_variance_from_sums_is_that_of_the_values(values: Values) -> None:
    draw = np.random.default_rng(1)
    amounts = draw.gamma(0.3, 100, 500)
    columns: dict[str, Any] = {"s": [(amounts**2).sum()], "a": [amounts.sum()], "n": [500]}
    assert values(MACROS.sample_covariance("s", "a", "a", "n"), columns)[0] == pytest.approx(amounts.var(ddof=1))
