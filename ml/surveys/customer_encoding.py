"""Customer features of mixed kinds as a matrix for a linear model, with a plain way back.

Belongs here: numbers unskewed and scaled, categories as indicators, missing values as values of their own. Does not
belong here: survey answers (``answer_encoding``), the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from ml.clusters.preparation import (
    make_preparation,
    preparation_from_parameters,
    preparation_to_parameters,
    unusable_features,
)
from ml.errors import ModelInputError
from ml.frames import feature_matrix

# Share of rows beyond each limit of a number; a column that is constant for all but these tells nobody apart.
TAIL = 0.02
# An indicator of fewer rows, or of all but so few, would learn single customers by heart.
FEWEST_ROWS = 20


@dataclass(frozen=True, kw_only=True)
class CustomerEncoding:
    """What was learnt about the columns.

    Attributes:
        numbers: Numeric columns used.
        preparation: Imputes (median), unskews, winsorises and standardises them.
        gaps: Numeric columns whose being missing is an indicator of its own.
        categories: Column to the values that have an indicator; every other value has none set.
    """

    numbers: tuple[str, ...]
    preparation: Pipeline | None
    gaps: tuple[str, ...]
    categories: dict[str, tuple[str, ...]]

    def columns(self) -> list[str]:
        """Return which feature each column of ``transform`` belongs to."""
        return [*self.numbers, *self.gaps, *(name for name, values in self.categories.items() for _ in values)]

    def transform(self, X: pd.DataFrame, *, owner: str) -> np.ndarray:
        """Return rows as numbers, shape (n, len(self.columns())).

        Raises:
            ModelInputError: A column is absent, or no longer numeric.
        """
        raw = feature_matrix(X, self.numbers, owner=owner)
        parts = [self.preparation.transform(raw)] if self.preparation is not None else [np.empty((len(X), 0))]
        missing = np.isnan(raw)
        parts += [missing[:, [self.numbers.index(name)]].astype(np.float64) for name in self.gaps]
        for name, values in self.categories.items():
            text = _text(X, name, owner=owner)
            parts += [(text == value).astype(np.float64)[:, None] for value in values]
        return np.hstack(parts)

    def to_parameters(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "numbers": list(self.numbers),
            "preparation": None if self.preparation is None else preparation_to_parameters(self.preparation),
            "gaps": list(self.gaps),
            "categories": {name: list(values) for name, values in self.categories.items()},
        }


def encoding_from_parameters(parameters: Mapping[str, Any]) -> CustomerEncoding:
    """Read ``to_parameters()``."""
    learnt = parameters["preparation"]
    return CustomerEncoding(
        numbers=tuple(parameters["numbers"]),
        preparation=None if learnt is None else preparation_from_parameters(learnt, tail=TAIL, balance=0.0),
        gaps=tuple(parameters["gaps"]),
        categories={name: tuple(values) for name, values in parameters["categories"].items()},
    )


def learn_encoding(X: pd.DataFrame, features: Sequence[str], *, owner: str) -> CustomerEncoding:
    """Learn how to encode the columns; those that cannot tell customers apart are left out.

    Args:
        X: One row per customer, in a fixed order.
        features: Columns to read: numbers and booleans as numbers, everything else as categories.
        owner: Name of the estimator, for the error text.
    """
    numeric = [name for name in features if name in X and pd.api.types.is_numeric_dtype(X[name].dtype)]
    raw = feature_matrix(X, numeric, owner=owner)
    unusable = unusable_features(raw, numeric, tail=TAIL) if numeric else {}
    numbers = tuple(name for name in numeric if name not in unusable)
    used = raw[:, [numeric.index(name) for name in numbers]]
    missing = np.isnan(used).sum(axis=0)
    gaps = (missing >= FEWEST_ROWS) & (missing <= len(X) - FEWEST_ROWS)
    categories: dict[str, tuple[str, ...]] = {}
    for name in features:
        if name in numeric:
            continue
        counts = pd.Series(_text(X, name, owner=owner)).value_counts()
        often = counts[(counts >= FEWEST_ROWS) & (counts <= len(X) - FEWEST_ROWS)]
        if len(often):
            categories[name] = tuple(sorted(often.index))
    return CustomerEncoding(
        numbers=numbers,
        preparation=make_preparation(tail=TAIL, balance=0.0).fit(used) if numbers else None,
        gaps=tuple(name for name, gap in zip(numbers, gaps, strict=True) if gap),
        categories=categories,
    )


def _text(X: pd.DataFrame, name: str, *, owner: str) -> np.ndarray:
    """Return a categorical column as text, missing values as ``(missing)``, shape (n,)."""
    if name not in X.columns:
        raise ModelInputError(
            f"{owner}: feature {name!r} is not in the table",
            expected="every feature that the model was fitted on",
            found=f"columns {', '.join(map(str, X.columns[:8]))}",
            fix="add the column, or fit again with the features that exist",
        )
    column = X[name]
    return np.where(column.isna(), "(missing)", column.astype(object).map(str)).astype(object)
