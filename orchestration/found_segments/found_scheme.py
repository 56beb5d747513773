"""What a found scheme says of itself, so that assets, gate and pages can treat one that they have never seen.

Belongs here: names, inputs and the call that finds its segments. Does not belong here: any scheme (one file each).

A scheme's file is read by the gate and by Dagster's definitions, so whatever is slow to import (scikit-learn, pandas)
is imported where it is called.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import duckdb

    from orchestration.found_segments.found import Found

# Columns by the feature family that has them.
Features = Mapping[str, tuple[str, ...]]


class Find(Protocol):
    """Finds a scheme's segments in the warehouse, which is only read.

    Args:
        connection: The warehouse, with its features.
        tonight: The date to learn from.
        previous: Parameters of the served version's model, so that codes and names carry over.
        thresholds: The thresholds in force, by name.
        refit: Whether to learn anew although nothing asks for it; codes and names carry over all the same.
    """

    def __call__(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        tonight: dt.date,
        previous: Mapping[str, Any] | None,
        thresholds: Mapping[str, Any],
        refit: bool = False,
    ) -> Found: ...


def names_alone(previous: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return a served model of surveys that gives codes and names and is not taken over, whatever the answers are."""
    if previous is None:
        return None
    forgotten = {"learnt_from": ""}
    return {
        name: {**part, **forgotten} if isinstance(part, Mapping) and "learnt_from" in part else part
        for name, part in ({**previous, **forgotten} if "learnt_from" in previous else previous).items()
    }


@dataclass(frozen=True, kw_only=True)
class FoundScheme:
    """A scheme whose segments an estimator gives.

    Attributes:
        name: Its code in the scheme catalogue; it names tables, models and checks.
        customers_are: What its table of customers holds.
        segments_are: What its table of segments holds.
        asks: The check of its model, as the end of a name such as ``are_they_stable``.
        reads: The tables of the warehouse that it reads, as ``schema.table``.
        features: Called for the features that it learns from.
        find: Finds the segments.
    """

    name: str
    customers_are: str
    segments_are: str
    asks: str
    reads: tuple[str, ...]
    features: Callable[[], Features]
    find: Find

    @property
    def customers_table(self) -> str:
        return f"ml_customers__{self.name}"

    @property
    def segments_table(self) -> str:
        return f"ml_segments__{self.name}"

    @property
    def build(self) -> str:
        """Name of the result of building its tables."""
        return f"ml.{self.customers_table}"

    @property
    def check(self) -> str:
        """Name of the result of judging its model."""
        return f"model__{self.name}__{self.asks}"
