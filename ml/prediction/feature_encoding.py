"""From the columns of a panel to the numbers that trees split on.

Belongs here: levels of text columns, the order of columns, columns that cannot teach anything. Does not belong here:
imputing or scaling; trees need neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd

from ml.errors import ModelInputError, NotEnoughOutcomesError
from ml.frames import feature_matrix


class FeatureEncoder:
    """Numbers as they are; text as the position of its level; missing, rare and unseen levels as NaN.

    Args:
        feature_names: Columns to use.
        max_levels: Most levels of a text column, the most frequent ones; trees take 255 at most.

    Attributes:
        names_: Columns used: text columns first, then numbers, each in the order given.
        levels_: Text column to its levels; the position in the list is the code.
        dropped_: Column to the reason why it is not used.
    """

    def __init__(self, *, feature_names: Sequence[str], max_levels: int = 60) -> None:
        self.feature_names = feature_names
        self.max_levels = max_levels

    def fit(self, X: pd.DataFrame) -> Self:
        """Learn levels, and which columns vary.

        Raises:
            ModelInputError: A column is absent or neither number nor text, or none is usable.
        """
        self.levels_: dict[str, list[str]] = {}
        self.dropped_: dict[str, str] = {}
        numeric: list[str] = []
        for name in self.feature_names:
            if name not in X.columns:
                raise _absent(name, self.feature_names)
            column = X[name]
            if column.notna().sum() == 0:
                self.dropped_[name] = "every value is missing"
            elif len(pd.unique(column)) == 1:
                self.dropped_[name] = "every value is the same"
            elif pd.api.types.is_numeric_dtype(column.dtype):
                numeric.append(name)
            elif _is_text(column):
                counts = column.dropna().astype(str).value_counts()
                frequent = sorted(counts.index, key=lambda level: (-counts[level], level))[: self.max_levels]
                self.levels_[name] = sorted(frequent)
            else:
                raise ModelInputError(
                    f"FeatureEncoder: feature {name!r} is neither a number nor text",
                    expected="a numeric, boolean or text column",
                    found=f"dtype {column.dtype}, {pd.api.types.infer_dtype(column)}",
                    fix="cast decimals to double and dates to days, or leave it out",
                )
        self.names_ = [*self.levels_, *numeric]
        if not self.names_:
            raise NotEnoughOutcomesError(
                "FeatureEncoder: no feature varies",
                expected="at least one column with two values",
                found="; ".join(f"{name}: {reason}" for name, reason in self.dropped_.items()),
                fix="pass more rows or other features",
            )
        return self

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Return the columns ``names_`` as floats, shape (n, p), NaN where missing.

        Raises:
            ModelInputError: A column is absent, is not of the kind it was, or holds an infinity.
        """
        encoded = np.empty((len(X), len(self.names_)))
        for position, (name, levels) in enumerate(self.levels_.items()):
            if name not in X.columns:
                raise _absent(name, self.names_)
            encoded[:, position] = _level_codes(X[name], levels)
        numeric = self.names_[len(self.levels_) :]
        encoded[:, len(self.levels_) :] = feature_matrix(X, numeric, owner="FeatureEncoder")
        return encoded

    def to_parameters(self) -> dict[str, Any]:
        """Return all that was learnt as plain JSON types."""
        return {
            "feature_names": list(self.feature_names),
            "max_levels": self.max_levels,
            "names": list(self.names_),
            "levels": {name: list(levels) for name, levels in self.levels_.items()},
            "dropped": dict(self.dropped_),
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted encoder from ``to_parameters()``."""
        encoder = cls(feature_names=tuple(parameters["feature_names"]), max_levels=int(parameters["max_levels"]))
        encoder.names_ = [str(name) for name in parameters["names"]]
        encoder.dropped_ = dict(parameters["dropped"])
        levels = parameters["levels"]
        texts = encoder.names_[: len(levels)]
        if set(texts) != set(levels):
            raise ValueError("text columns do not come first")
        # In the order of the columns: a document may have been written with its keys sorted.
        encoder.levels_ = {name: [str(level) for level in levels[name]] for name in texts}
        return encoder


def _level_codes(column: pd.Series, levels: Sequence[str]) -> np.ndarray:
    """Return each value's place among the levels, NaN where it is missing or none of them."""
    # Levels are few: each distinct value is looked up once.
    codes, distinct = pd.factorize(column, use_na_sentinel=True)
    place_of = {level: place for place, level in enumerate(levels)}
    places = np.array([place_of.get(str(value), np.nan) for value in distinct], dtype=np.float64)
    # A missing value has code -1, the last place.
    return np.append(places, np.nan)[codes]


def _is_text(column: pd.Series) -> bool:
    return isinstance(column.dtype, pd.CategoricalDtype) or pd.api.types.infer_dtype(column, skipna=True) == "string"


def _absent(name: str, names: Sequence[str]) -> ModelInputError:
    return ModelInputError(
        f"FeatureEncoder: feature {name!r} is not in the panel",
        expected=f"the columns {', '.join(names)}",
        found="a panel without it",
        fix="join the feature, or learn again without it",
    )
