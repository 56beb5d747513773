"""Histories counted once, and thinned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.errors import ModelInputError
from ml.lifetime_value.histories import Histories, collapse

rows = st.lists(
    st.tuples(st.sampled_from([0, 1, 2, 9, 70_000]), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=40
)


def arrays(table: list[tuple[int, int, int]], *, unit: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    orders, last, rest = (np.array(column, dtype=float) for column in zip(*table, strict=True))
    return orders, last * unit, (last + rest) * unit


def spelled_out(histories: Histories) -> list[tuple[float, float, float]]:
    cells = zip(
        histories.orders[histories.orders_at],
        histories.times[histories.last_at],
        histories.times[histories.age_at],
        histories.customers,
        strict=True,
    )
    return sorted((x, t_x, age) for x, t_x, age, customers in cells for _ in range(int(customers)))


@settings(max_examples=80, deadline=None)
@given(table=rows, unit=st.sampled_from([1.0, 0.37]))
def test_nobody_is_lost_and_no_history_is_changed(table: list[tuple[int, int, int]], unit: float) -> None:
    x, t_x, age = arrays(table, unit=unit)
    found = collapse(x, t_x, age)
    assert spelled_out(found) == sorted(zip(x, t_x, age, strict=True))
    assert len(found.customers) == len(set(zip(x, t_x, age, strict=True)))
    assert found.total == len(x)


@settings(max_examples=30, deadline=None)
@given(table=rows, seed=st.integers(0, 99))
def test_the_order_of_the_rows_leaves_no_trace(table: list[tuple[int, int, int]], seed: int) -> None:
    one = arrays(table)
    mixed = np.random.default_rng(seed).permutation(len(table))
    a, b = collapse(*one), collapse(*(array[mixed] for array in one))
    for name in ("orders", "times", "orders_at", "last_at", "age_at", "customers"):
        assert (getattr(a, name) == getattr(b, name)).all()


@settings(max_examples=30, deadline=None)
@given(table=rows)
def test_totals_by_orders_and_by_age_add_up(table: list[tuple[int, int, int]]) -> None:
    x, t_x, age = arrays(table)
    found = collapse(x, t_x, age)
    assert found.by_orders @ found.orders == x.sum()
    assert found.by_age @ found.times == age.sum()
    assert found.orders_by_age @ found.times == x @ age


def test_times_are_in_the_unit_that_was_asked_for() -> None:
    found = collapse(np.array([1.0]), np.array([14.0]), np.array([21.0]), unit_days=7)
    assert spelled_out(found) == [(1.0, 2.0, 3.0)]


def test_a_thinned_set_keeps_the_shares() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, 10_000).astype(float)
    age = np.full(10_000, 50.0)
    whole = collapse(x, np.where(x > 0, 20.0, 0.0), age)
    part = whole.thinned(1_000)
    assert part.total == 1_000
    np.testing.assert_allclose(part.by_orders / 1_000, whole.by_orders / 10_000, atol=0.0011)


def test_histories_that_no_number_can_hold_are_refused() -> None:
    x, age = np.full(50, 1e17), np.linspace(1, 2, 50)
    with pytest.raises(ModelInputError, match="too many and too different"):
        collapse(x, age, age)
