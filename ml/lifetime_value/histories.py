"""Buying histories as arrays: checked, and collapsed to what the likelihoods need.

Belongs here: the three columns of a history, their checks, equal histories counted once, a thinned set of them. Does
not belong here: parameters, probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ml.errors import ModelInputError
from ml.frames import checked_index, feature_matrix

REPEAT_ORDERS = "repeat_orders_count"
LAST_ORDER = "first_to_last_order_days"
AGE = "age_days"
COLUMNS = (REPEAT_ORDERS, LAST_ORDER, AGE)
# Up to here every day has its place in the tables, two centuries of them; else only the times that occur.
LONGEST_DAY_GRID = 73_000


@dataclass(frozen=True, kw_only=True)
class Histories:
    """Distinct histories ("cells") and how many customers have each, sorted by orders, last order and age.

    Attributes:
        orders: Distinct numbers of repeat orders, ascending, shape (m,).
        times: Distinct points in time, ascending, in the caller's unit, shape (g,).
        orders_at: Position of each cell in ``orders``, shape (n,).
        last_at: Position of its last order (t_x) in ``times``, shape (n,).
        age_at: Position of its age (T) in ``times``, shape (n,).
        customers: Customers of each cell, shape (n,), float64.
    """

    orders: np.ndarray
    times: np.ndarray
    orders_at: np.ndarray
    last_at: np.ndarray
    age_at: np.ndarray
    customers: np.ndarray

    @cached_property
    def total(self) -> float:
        """Number of customers."""
        return float(self.customers.sum())

    @cached_property
    def by_orders(self) -> np.ndarray:
        """Customers by number of orders, shape (m,)."""
        return np.bincount(self.orders_at, weights=self.customers, minlength=len(self.orders))

    @cached_property
    def by_age(self) -> np.ndarray:
        """Customers by age, shape (g,)."""
        return np.bincount(self.age_at, weights=self.customers, minlength=len(self.times))

    @cached_property
    def orders_by_age(self) -> np.ndarray:
        """Repeat orders of all customers by age, shape (g,)."""
        weights = self.customers * self.orders[self.orders_at]
        return np.bincount(self.age_at, weights=weights, minlength=len(self.times))

    @cached_property
    def last_pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Distinct (orders, last order) as codes ``orders_at * g + last_at``, and each cell's position in them."""
        return self._pairs(self.last_at)

    @cached_property
    def age_pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Distinct (orders, age) as codes ``orders_at * g + age_at``, and each cell's position in them."""
        return self._pairs(self.age_at)

    def _pairs(self, time_at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        codes = self.orders_at.astype(np.int64) * len(self.times) + time_at
        return np.unique(codes, return_inverse=True)

    def thinned(self, size: int) -> Histories:
        """Return every k-th customer in the sorted order, ``size`` of them: a sample that needs no chance.

        Systematic sampling from a sorted list is stratified by the sort keys (Cochran 1977, chapter 8).
        """
        ends = np.cumsum(self.customers)
        drawn = (np.arange(size) + 0.5) * (ends[-1] / size)
        cells, customers = np.unique(np.searchsorted(ends, drawn, side="right"), return_counts=True)
        return Histories(
            orders=self.orders,
            times=self.times,
            orders_at=self.orders_at[cells],
            last_at=self.last_at[cells],
            age_at=self.age_at[cells],
            customers=customers.astype(np.float64),
        )


def history_arrays(X: pd.DataFrame, *, owner: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return repeat orders (x), days from first to last order (t_x) and age in days (T), each of shape (n,).

    Args:
        X: One row per customer with the columns of ``COLUMNS``; days may be fractions.
        owner: Name of the estimator, for the error text.

    Raises:
        ModelInputError: A column is absent or not numeric, or a history cannot be: counts that are no whole
            numbers from 0, a last order outside of 0 to age, a last order without repeat orders, or repeat orders
            on the day of the first one.
    """
    index = checked_index(X, owner=owner)
    # One by one, so that each lies in one piece of memory: at five million rows that saves a third of a second.
    orders, last, age = (feature_matrix(X, (name,), owner=owner)[:, 0] for name in COLUMNS)
    wrong = {
        f"a value of {', '.join(COLUMNS)} is missing": np.isnan(orders + last + age),
        f"{REPEAT_ORDERS} is not a whole number from 0": (orders < 0) | (orders != np.floor(orders)),
        f"{LAST_ORDER} lies outside of 0 to {AGE}": (last < 0) | (last > age),
        f"{LAST_ORDER} is above 0 without repeat orders": (orders == 0) & (last > 0),
        # The density of such a history grows without end as alpha goes to 0, and takes every other one with it.
        f"{LAST_ORDER} is 0 though there are repeat orders": (orders > 0) & (last == 0),
    }
    for what, rows in wrong.items():
        if rows.any():
            first = int(rows.argmax())
            raise ModelInputError(
                f"{owner}: {what}",
                expected=f"repeat orders counted in whole numbers, and 0 <= {LAST_ORDER} <= {AGE}",
                found=f"{int(rows.sum())} rows, first customer_id {index[first]!r}: "
                f"{orders[first]:g} orders, {last[first]:g} and {age[first]:g} days",
                fix="count order days after the first one, orders of one day as one, and days from the first order on",
            )
    return orders, last, age


def collapse(orders: np.ndarray, last: np.ndarray, age: np.ndarray, *, unit_days: float = 1.0) -> Histories:
    """Count equal histories once.

    Args:
        orders: Repeat orders, shape (n,).
        last: Days from first to last order, shape (n,).
        age: Days from the first order to now, shape (n,).
        unit_days: Days in the unit that ``times`` of the result are in.

    Returns:
        The histories, the same whatever the order of the rows.
    """
    days, last_at, age_at = _time_table(last, age)
    whole = orders.astype(np.int64)
    width, most = len(days), int(whole.max(initial=0)) + 1
    # One number a history: sorting it is several times faster than sorting by three keys, and short numbers take two
    # thirds of the time of long ones.
    kind = np.int32 if most * width**2 < 2**31 else np.int64
    if most * width**2 >= 2**63:
        raise ModelInputError(
            "collapse: histories are too many and too different to be counted",
            expected="whole days, or fewer customers and orders",
            found=f"{width} points in time and up to {most - 1} orders",
            fix="round times to days",
        )
    codes = np.sort((whole.astype(kind) * width + last_at.astype(kind)) * width + age_at.astype(kind))
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
    customers = np.diff(np.r_[starts, len(codes)]).astype(np.float64)
    rest, age_of_cell = np.divmod(codes[starts].astype(np.int64), width)
    orders_of_cell, last_of_cell = np.divmod(rest, width)
    # Sorted by orders, so that counting up at every change gives the position.
    is_next = np.diff(orders_of_cell, prepend=-1) > 0
    return Histories(
        orders=orders_of_cell[is_next].astype(np.float64),
        times=days / unit_days,
        orders_at=np.cumsum(is_next) - 1,
        last_at=last_of_cell,
        age_at=age_of_cell,
        customers=customers,
    )


def _time_table(last: np.ndarray, age: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return distinct days and the positions of last order and age in them."""
    last_days, age_days = last.astype(np.int64), age.astype(np.int64)
    longest = int(age_days.max(initial=0))
    if longest <= LONGEST_DAY_GRID and (last_days == last).all() and (age_days == age).all():
        return np.arange(longest + 1, dtype=np.float64), last_days, age_days
    days, positions = np.unique(np.concatenate([last, age]), return_inverse=True)
    return days, positions[: len(last)], positions[len(last) :]
