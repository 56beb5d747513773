"""Numeric and categorical features as one numeric table, the same on every date.

Belongs here: which columns the table has (numbers, flags of missing numbers, levels) and filling it. Does not
belong here: scaling and weights (``mixed_preparation``), checking frames (``ml.frames``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd

from ml.evaluation.drift import MISSING, OTHER

# A level of fewer customers than this cannot set a segment apart that is worth its own treatment; it joins "(other)".
MIN_LEVEL_SHARE = 0.05
# Shops with a hundred categories would else get as many columns, most of them nearly empty.
MAX_LEVELS = 8


class Column(NamedTuple):
    """One column of the table.

    Attributes:
        feature: The feature that it shows.
        level: None for a number itself; ``(missing)`` of a number for the flag that it is missing; else a level.
    """

    feature: str
    level: str | None


@dataclass(frozen=True, kw_only=True)
class Design:
    """The columns of the table: numbers first, then flags, then levels.

    Missing is never a guess that nobody sees: a number missing for at least 5 % (and known for as many) has a
    flag beside its imputed value, and a categorical feature has the level ``(missing)``.

    Attributes:
        numeric: Numeric features.
        flagged: Those of them whose missing values are flagged.
        levels: Categorical features with their levels, most frequent first, then ``(other)``, ``(missing)``.
    """

    numeric: tuple[str, ...]
    flagged: tuple[str, ...]
    levels: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def learn(cls, numbers: pd.DataFrame, words: pd.DataFrame) -> Self:
        """Decide the columns from the rows to learn from.

        Args:
            numbers: Numeric features, NaN where missing, shape (n, p).
            words: Categorical features as strings, None where missing, shape (n, m).
        """
        missing = numbers.isna().mean()
        flagged = missing.index[missing.between(MIN_LEVEL_SHARE, 1 - MIN_LEVEL_SHARE)]
        return cls(
            numeric=tuple(numbers.columns),
            flagged=tuple(flagged),
            levels=tuple((str(name), (*_frequent(words[name]), OTHER, MISSING)) for name in words.columns),
        )

    @property
    def features(self) -> tuple[str, ...]:
        """Every feature once, numeric ones first."""
        return (*self.numeric, *(name for name, _ in self.levels))

    @property
    def categorical(self) -> tuple[str, ...]:
        """The categorical features."""
        return tuple(name for name, _ in self.levels)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, in the order of ``table``."""
        return (
            *(Column(name, None) for name in self.numeric),
            *(Column(name, MISSING) for name in self.flagged),
            *(Column(name, level) for name, levels in self.levels for level in levels),
        )

    def table(self, numbers: pd.DataFrame, words: pd.DataFrame) -> np.ndarray:
        """Return the table, shape (n, number of columns): numbers (NaN where missing), flags and levels as 0 and 1."""
        parts = [numbers[list(self.numeric)].to_numpy(dtype=np.float64)]
        parts += [numbers[[name]].isna().to_numpy(dtype=np.float64) for name in self.flagged]
        parts += [_indicators(words[name], levels) for name, levels in self.levels]
        return np.column_stack(parts)

    def to_parameters(self) -> dict[str, Any]:
        """Return the columns as plain JSON types."""
        return {
            "numeric": list(self.numeric),
            "flagged": list(self.flagged),
            "levels": [[name, list(levels)] for name, levels in self.levels],
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild from ``to_parameters()``."""
        return cls(
            numeric=tuple(parameters["numeric"]),
            flagged=tuple(parameters["flagged"]),
            levels=tuple((str(name), tuple(levels)) for name, levels in parameters["levels"]),
        )


def _frequent(words: pd.Series) -> list[str]:
    counts = words.value_counts()
    counts = counts[counts >= MIN_LEVEL_SHARE * len(words)]
    # By name among the equally frequent: the order of the rows must not decide.
    ordered = sorted(counts.index, key=lambda level: (-counts[level], level))
    return [level for level in ordered if level not in (OTHER, MISSING)][:MAX_LEVELS]


def _indicators(words: pd.Series, levels: Sequence[str]) -> np.ndarray:
    codes = pd.Categorical(words, categories=list(levels)).codes.astype(np.int64)
    codes[(codes < 0) & words.notna().to_numpy()] = levels.index(OTHER)
    codes[codes < 0] = levels.index(MISSING)
    return np.asarray(codes[:, None] == np.arange(len(levels)), dtype=np.float64)


def carried_over(table: np.ndarray, before: Design, now: Design, typical: np.ndarray) -> np.ndarray:
    """Return rows of one design in the columns of another, such as the centroids of an earlier version.

    A feature that was not there before gets its typical values; a level that is no longer told apart is counted
    as ``(other)``, one that was not told apart before as nobody's.

    Args:
        table: Rows in the columns of ``before``, shape (m, q).
        before: Their design.
        now: The design wanted, of r columns.
        typical: Values for features that ``before`` does not have, shape (r,).

    Returns:
        Rows in the columns of ``now``, shape (m, r).
    """
    there = {column: table[:, position] for position, column in enumerate(before.columns)}
    kept = {name: set(levels) for name, levels in now.levels}
    out = np.tile(np.asarray(typical, dtype=np.float64), (len(table), 1))
    for position, column in enumerate(now.columns):
        if column in there:
            out[:, position] = there[column]
        elif column.feature in before.categorical:
            out[:, position] = 0.0
        if column.level == OTHER and column.feature in before.categorical:
            gone = [c for c in there if c.feature == column.feature and c.level not in kept[column.feature]]
            out[:, position] += sum((there[c] for c in gone), start=np.zeros(len(table)))
    return out
