"""Numbers and levels in one space, in which neither dominates nor vanishes.

Belongs here: the weights of indicator columns, joining them to the prepared numbers, reading both back. Does not
belong here: how numbers are prepared (``preparation``), which columns there are (``design``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from ml.clusters.design import Design
from ml.clusters.preparation import make_preparation, preparation_from_parameters, preparation_to_parameters


class MixedPreparation(TransformerMixin, BaseEstimator):
    """Prepares the table of a ``Design``.

    Two customers drawn at random differ in a standardised number by 2 in expected squared distance, and in the
    indicators Y of a feature's levels by ``2 sum_l p_l (1 - p_l)``. Every feature's indicators are multiplied by
    the one ``s`` with ``s^2 sum_l p_l (1 - p_l) = q`` (Hennig & Liao 2013, section 6.2), so that a categorical
    feature counts q of a number however many levels it has. The default q = 1/2 is theirs for nominal features:
    at 1 the gaps between levels, which numbers do not have, decide what the clusters are. It plays the part of
    gamma in k-prototypes (Huang 1998); Gower's coefficient (1971) counts a mismatch as the whole range of a
    number, which is the domination that this avoids.

    Args:
        design: The columns.
        tail: Share winsorised at each end of a number.
        balance: How far correlated numbers share one vote, 0-1.
        categorical_weight: q above; 0 would take categorical features out.

    Attributes:
        numbers_: The fitted pipeline of the numeric columns, None without one.
        mean_: Share of each indicator column.
        scale_: Factor of each indicator column.
    """

    def __init__(self, *, design: Design, tail: float, balance: float, categorical_weight: float) -> None:
        self.design = design
        self.tail = tail
        self.balance = balance
        self.categorical_weight = categorical_weight

    def fit(self, X: np.ndarray, y: None = None) -> Self:
        """Learn from the rows of ``Design.table``, shape (n, number of columns)."""
        width = len(self.design.numeric)
        self.numbers_ = make_preparation(tail=self.tail, balance=self.balance).fit(X[:, :width]) if width else None
        indicators = X[:, width:]
        self.mean_ = indicators.mean(axis=0)
        spread: dict[str, float] = {}
        columns = self.design.columns[width:]
        for column, share in zip(columns, self.mean_.tolist(), strict=True):
            spread[column.feature] = spread.get(column.feature, 0.0) + share * (1 - share)
        # A level that nobody has beside one that all have: such features are left out before.
        scales = [np.sqrt(self.categorical_weight / spread[c.feature]) if spread[c.feature] else 0.0 for c in columns]
        self.scale_ = np.array(scales, dtype=np.float64)
        return self

    def transform(self, X: np.ndarray, *, bounded: bool = True) -> np.ndarray:
        """Return the prepared rows, shape (n, number of columns).

        Args:
            X: Rows of ``Design.table``.
            bounded: Whether numbers are winsorised; without it a giant is as far away as it truly is.
        """
        width = len(self.design.numeric)
        numbers = X[:, :width]
        if self.numbers_ is not None:
            for name, step in self.numbers_.steps:
                if bounded or name != "winsorise":
                    numbers = step.transform(numbers)
        return np.column_stack([numbers, (X[:, width:] - self.mean_) * self.scale_])

    def inverse_transform(self, X: np.ndarray) -> np.ndarray:
        """Return raw numbers and, of indicators, shares; exact inside the winsorised range."""
        width = len(self.design.numeric)
        numbers = X[:, :width] if self.numbers_ is None else self.numbers_.inverse_transform(X[:, :width])
        scale = np.where(self.scale_ == 0, 1.0, self.scale_)
        return np.column_stack([numbers, X[:, width:] / scale + self.mean_])

    @property
    def total_variance_(self) -> float:
        """Sum of the variances of all prepared columns, as far as the weights decide it."""
        weights = 0.0 if self.numbers_ is None else float((self.numbers_.named_steps["scale"].weight_ ** 2).sum())
        return weights + self.categorical_weight * (len(self.design.flagged) + len(self.design.levels))

    def to_parameters(self) -> dict[str, Any]:
        """Return design and learnt arrays as plain JSON types."""
        return {
            "design": self.design.to_parameters(),
            "numbers": None if self.numbers_ is None else preparation_to_parameters(self.numbers_),
            "indicator_mean": self.mean_.tolist(),
            "indicator_scale": self.scale_.tolist(),
        }

    @classmethod
    def from_parameters(
        cls, parameters: Mapping[str, Any], *, tail: float, balance: float, categorical_weight: float
    ) -> Self:
        """Rebuild from ``to_parameters()``.

        Raises:
            ValueError: The arrays do not fit the design, or hold what is not a finite number.
        """
        design = Design.from_parameters(parameters["design"])
        made = cls(design=design, tail=tail, balance=balance, categorical_weight=categorical_weight)
        numbers = parameters["numbers"]
        made.numbers_ = None if numbers is None else preparation_from_parameters(numbers, tail=tail, balance=balance)
        made.mean_ = np.array(parameters["indicator_mean"], dtype=np.float64)
        made.scale_ = np.array(parameters["indicator_scale"], dtype=np.float64)
        width = len(design.numeric)
        steps = [] if made.numbers_ is None else [step for _, step in made.numbers_.steps]
        arrays = [np.array(array) for step in steps for array in step.to_parameters().values()]
        if (made.numbers_ is None) != (width == 0) or any(len(array) != width for array in arrays):
            raise ValueError(f"arrays of another length than the {width} numeric features")
        indicators = len(design.columns) - width
        if len(made.mean_) != indicators or len(made.scale_) != indicators:
            raise ValueError(f"arrays of another length than the {indicators} columns of flags and levels")
        if not all(np.isfinite(array).all() for array in (*arrays, made.mean_, made.scale_)):
            raise ValueError("numbers that are not finite")
        return made
