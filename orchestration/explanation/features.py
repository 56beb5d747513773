"""Features that could be other than they are, and what values the population has.

Belongs here: kinds of features, values worth trying, distance between two values. Does not belong here: which segment
a value leads to (trial.py, ladder.py).
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import duckdb

from data_contracts.sql_quoting import identifier, text
from orchestration.explanation.numbers import rounded

Kind = Literal["whole", "real", "date", "boolean", "text"]
# Dates are days since 1970, so that they are tried like whole numbers.
Value = int | Decimal | str

TABLE_PREFIX = "feat_customers__"
# What models predict of each customer is tried like a feature: it says where the boundary is.
PREDICTIONS_TABLE = "ml_customers__predictions"
_EPOCH = dt.date(1970, 1, 1)
_WHOLE = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?")
_DECIMAL = re.compile(r"DECIMAL\(\d+,\s*(\d+)\)")
# Of numbers without a scale; finer differences mean nothing.
_DOUBLE_SCALE = 6
# The population in so many steps of equally many customers.
_STEPS = 400
# Of more customers than this so many, the same ones every time, stand for all.
_MOST_CUSTOMERS = 50_000
_COMMONEST_TEXTS = 30
# Categories have no order: from one to another is half the population. From nothing to something is all of it.
_BETWEEN_CATEGORIES = 0.5
_FROM_NOTHING = 1.0


@dataclass(frozen=True, order=True)
class Feature:
    """A column of a feature family, or of the predictions."""

    table: str
    column: str
    data_type: str

    @property
    def family(self) -> str:
        return "predictions" if self.table == PREDICTIONS_TABLE else self.table.removeprefix(TABLE_PREFIX)

    @property
    def kind(self) -> Kind | None:
        """How its values are tried; None if they are not (lists and the like)."""
        if _WHOLE.fullmatch(self.data_type):
            return "whole"
        if _DECIMAL.fullmatch(self.data_type) or self.data_type in ("DOUBLE", "FLOAT"):
            return "real"
        plain: dict[str, Kind] = {"DATE": "date", "BOOLEAN": "boolean", "VARCHAR": "text"}
        return plain.get(self.data_type)

    @property
    def is_ordered(self) -> bool:
        return self.kind in ("whole", "real", "date")

    @property
    def scale(self) -> int:
        """Digits behind the point."""
        if self.kind != "real":
            return 0
        found = _DECIMAL.fullmatch(self.data_type)
        return min(int(found[1]), _DOUBLE_SCALE) if found else _DOUBLE_SCALE

    def value_of(self, stored: Any) -> Value | None:
        """A stored value as it is tried."""
        if stored is None:
            return None
        if isinstance(stored, bool):
            return "true" if stored else "false"
        if isinstance(stored, dt.date):
            return (stored - _EPOCH).days
        if self.kind == "real":
            number = Decimal(str(stored))
            return number if number.is_finite() else None
        return int(stored) if self.kind == "whole" else str(stored)

    def told(self, value: Value | None) -> str | None:
        """A value for a reader."""
        if value is None:
            return None
        if self.kind == "date":
            return str(_EPOCH + dt.timedelta(days=int(value)))
        return self.text_of(value)

    def text_of(self, value: Value) -> str:
        """A value as it is handed to SQL."""
        return f"{value:f}" if isinstance(value, Decimal) else str(value)

    def sql_of(self, value: str) -> str:
        """The expression that turns text of ``text_of`` back into the feature's type."""
        if self.kind == "date":
            return f"cast({text(str(_EPOCH))} as date) + cast({value} as integer)"
        return f"cast({value} as {self.data_type})"


@dataclass(frozen=True)
class Population:
    """What values a feature has tonight.

    Attributes:
        feature: The feature.
        steps: Its values at equal steps of the population, rising and with repetitions, where they have an order.
        categories: Its commonest values, the commonest first, where they have none.
    """

    feature: Feature
    steps: tuple[Any, ...] = ()
    categories: tuple[str, ...] = ()

    def candidates(self, original: Value | None) -> list[Value]:
        """Values worth trying instead of a customer's own."""
        if not self.feature.is_ordered:
            return [value for value in self.categories if value != original]
        values = {self._rounded(value) for value in self.steps}
        if original is not None and values and self.feature.kind != "real":
            # The next ones, which the steps may pass over.
            values |= {
                value for value in (int(original) - 1, int(original) + 1) if self.steps[0] <= value <= self.steps[-1]
            }
        return sorted(values - {original})

    def few_candidates(self, original: Value | None, *, at_most: int) -> list[Value]:
        """A few values from the whole range."""
        values = self.candidates(original)
        if not self.feature.is_ordered:
            return values[:at_most]
        if not self.steps:
            return []
        places = {round(at * (len(self.steps) - 1) / max(1, at_most - 1)) for at in range(at_most)}
        few = {self._rounded(self.steps[place]) for place in places}
        return [value for value in values if value in few]

    def middle(self) -> Value:
        """The median."""
        middle: Value = self.steps[len(self.steps) // 2]
        return middle

    def distance(self, original: Value | None, value: Value) -> float:
        """How far apart two values are: the share of the population between them."""
        if original is None:
            return _FROM_NOTHING
        if not self.feature.is_ordered:
            return _BETWEEN_CATEGORIES
        return abs(self._rank(original) - self._rank(value))

    def _rank(self, value: Value) -> float:
        # Of those who share a value half count as below it, so that there and back is equally far.
        return (bisect_left(self.steps, value) + bisect_right(self.steps, value)) / (2 * len(self.steps))

    def _rounded(self, value: Value) -> Value:
        return rounded(Decimal(value), scale=self.feature.scale) if self.feature.kind == "real" else value


def read_population(
    con: duckdb.DuckDBPyConnection, relation: str, features: Sequence[Feature], *, night: dt.date
) -> dict[Feature, Population]:
    """Read what values some features of one family have.

    Args:
        con: A connection to the warehouse.
        relation: The family's table, as SQL.
        features: Its features.
        night: The as-of date.
    """
    populations = {}
    ordered = [feature for feature in features if feature.is_ordered]
    if ordered:
        # Sorted once and picked from: four hundred quantiles of their own would each look at all values.
        values = ", ".join(
            f"list({name} order by {name}) filter (where {name} is not null) as {name}"
            for name in (identifier(each.column) for each in ordered)
        )
        steps_of = ", ".join(
            f"list_transform(range({_STEPS} + 1), lambda step: {name}[1 + (len({name}) - 1) * step // {_STEPS}])"
            for name in (identifier(each.column) for each in ordered)
        )
        ((customers,),) = con.execute(f"select count(*) from {relation} where as_of_date = ?", [night]).fetchall()
        (found,) = con.execute(
            f"""
            with sorted as (
                select {values}
                from {relation}
                where as_of_date = ? and hash(customer_id) % {1 + customers // _MOST_CUSTOMERS} = 0
            )
            select {steps_of} from sorted
            """,
            [night],
        ).fetchall()
        for feature, steps in zip(ordered, found, strict=True):
            known = [feature.value_of(step) for step in steps or ()]
            populations[feature] = Population(feature, steps=tuple(each for each in known if each is not None))
    for feature in features:
        if feature.kind == "boolean":
            populations[feature] = Population(feature, categories=("true", "false"))
        elif feature.kind == "text":
            commonest = con.execute(
                f"""
                select {identifier(feature.column)} as category
                from {relation}
                where as_of_date = ? and category is not null
                group by category
                order by count(*) desc, category asc
                limit {_COMMONEST_TEXTS}
                """,
                [night],
            ).fetchall()
            populations[feature] = Population(feature, categories=tuple(value for (value,) in commonest))
    return populations
