"""Raw purchase features to a space in which distances mean something, and back.

Belongs here: the steps of the scikit-learn Pipeline (impute, unskew, winsorise, standardise, weigh) and their
plain parameters. Does not belong here: checking frames (``ml.frames``), clustering.

Every step is invertible inside the winsorised range, so that a centroid can be read in raw units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.stats import skew
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline

# A feature more skewed than this is read on a logarithmic scale; an exponential distribution has 2.
SKEW_LIMIT = 1.0


class _Step(TransformerMixin, BaseEstimator):
    """A transformer whose learnt arrays are listed by name, one number per column."""

    learnt: tuple[str, ...] = ()

    def to_parameters(self) -> dict[str, list[float]]:
        """Return the learnt arrays, each of length p, as lists of floats."""
        return {name: [float(value) for value in getattr(self, name)] for name in self.learnt}

    def set_parameters(self, parameters: Mapping[str, Sequence[float]]) -> Self:
        """Take the learnt arrays from ``to_parameters()``."""
        for name in self.learnt:
            setattr(self, name, np.array(parameters[name], dtype=np.float64))
        return self


class MedianImputer(_Step):
    """Missing values become the column's median; the inverse leaves them so."""

    learnt = ("median_",)

    def fit(self, X: np.ndarray, y: None = None) -> Self:
        """Learn the median of each column of ``X`` (n x p)."""
        self.median_ = np.nanmedian(X, axis=0)
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return ``X`` with NaN replaced, shape (n, p)."""
        return np.where(np.isnan(X), self.median_, X)

    def inverse_transform(self, X: np.ndarray) -> np.ndarray:
        """Return ``X`` unchanged."""
        return X


class SkewedLog(_Step):
    """Signed logarithm ``sign(x) * log1p(|x| / scale)`` for skewed columns, identity for the others.

    ``scale`` is the median size of the non-zero values, so that the result does not depend on the currency or
    unit, zero stays zero, and negative net revenue keeps its sign. ``scale`` 0 marks an untouched column.
    """

    learnt = ("scale_",)

    def fit(self, X: np.ndarray, y: None = None) -> Self:
        """Decide which columns of ``X`` (n x p, no NaN) are skewed and learn their scale."""
        sizes = np.where(X == 0, np.nan, np.abs(X))
        self.scale_ = np.where(skew(X, axis=0) > SKEW_LIMIT, np.nanmedian(sizes, axis=0), 0.0)
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return the transformed columns, shape (n, p)."""
        out = np.array(X, dtype=np.float64)
        for j in np.flatnonzero(self.scale_):
            out[:, j] = np.sign(X[:, j]) * np.log1p(np.abs(X[:, j]) / self.scale_[j])
        return out

    def inverse_transform(self, X: np.ndarray) -> np.ndarray:
        """Return raw units, shape (n, p)."""
        out = np.array(X, dtype=np.float64)
        for j in np.flatnonzero(self.scale_):
            out[:, j] = np.sign(X[:, j]) * np.expm1(np.abs(X[:, j])) * self.scale_[j]
        return out


class Winsoriser(_Step):
    """Values beyond the tail quantiles are pulled in to them.

    Args:
        tail: Share cut at each end (0-0.5).
    """

    learnt = ("lower_", "upper_")

    def __init__(self, *, tail: float = 0.02) -> None:
        self.tail = tail

    def fit(self, X: np.ndarray, y: None = None) -> Self:
        """Learn the quantiles of each column of ``X`` (n x p)."""
        self.lower_, self.upper_ = np.quantile(X, [self.tail, 1 - self.tail], axis=0)
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return ``X`` inside the limits, shape (n, p)."""
        return np.clip(X, self.lower_, self.upper_)

    def inverse_transform(self, X: np.ndarray) -> np.ndarray:
        """Return ``X`` unchanged: what was cut off is not known."""
        return X


class BalancedScaler(_Step):
    """Zero mean, unit deviation, then a weight that lets columns saying the same thing count about once.

    The weight of column j is ``(sum_k r_jk ** 2) ** (-balance / 2)`` over the correlations r with every
    column k: 1 for a column unlike any other; at balance 1, m copies of a column together weigh like one.
    Without it the four or five columns that all measure volume (orders, revenue, units, categories) outvote
    recency, basket and discount.

    Args:
        balance: 0 (every weight is 1) to 1 (copies count once).
    """

    learnt = ("mean_", "deviation_", "weight_")

    def __init__(self, *, balance: float = 0.25) -> None:
        self.balance = balance

    def fit(self, X: np.ndarray, y: None = None) -> Self:
        """Learn mean, deviation and weight of each column of ``X`` (n x p, none constant)."""
        self.mean_ = X.mean(axis=0)
        self.deviation_ = X.std(axis=0)
        scaled = (X - self.mean_) / self.deviation_
        # einsum, not BLAS: the order of summation must not depend on the number of threads.
        correlation = np.einsum("ni,nj->ij", scaled, scaled) / len(X)
        self.weight_ = (correlation**2).sum(axis=1) ** (-self.balance / 2)
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return weighted standard scores, shape (n, p)."""
        return (X - self.mean_) / self.deviation_ * self.weight_

    def inverse_transform(self, X: np.ndarray) -> np.ndarray:
        """Return the scale before standardising, shape (n, p)."""
        return X / self.weight_ * self.deviation_ + self.mean_


def make_preparation(*, tail: float, balance: float) -> Pipeline:
    """Return the unfitted pipeline: impute, unskew, winsorise, scale.

    Args:
        tail: Share of rows winsorised at each end of each column.
        balance: How far correlated columns share one vote, 0-1.
    """
    return Pipeline(
        [
            ("impute", MedianImputer()),
            ("unskew", SkewedLog()),
            ("winsorise", Winsoriser(tail=tail)),
            ("scale", BalancedScaler(balance=balance)),
        ]
    )


def preparation_to_parameters(pipeline: Pipeline) -> dict[str, Any]:
    """Return the learnt arrays of every step as plain lists, keyed by step name."""
    return {name: step.to_parameters() for name, step in pipeline.steps}


def preparation_from_parameters(parameters: Mapping[str, Any], *, tail: float, balance: float) -> Pipeline:
    """Return a fitted pipeline from ``preparation_to_parameters``."""
    pipeline = make_preparation(tail=tail, balance=balance)
    for name, step in pipeline.steps:
        step.set_parameters(parameters[name])
    return pipeline


def unusable_features(values: np.ndarray, names: Sequence[str], *, tail: float) -> dict[str, str]:
    """Return the columns that cannot set a cluster apart, with the reason.

    A column whose values are equal between its tail quantiles differs only for fewer customers than the
    smallest cluster allowed, so it would measure outliers.

    Args:
        values: Raw values, shape (n, p), NaN where missing.
        names: The p column names.
        tail: Share of rows beyond each limit.

    Returns:
        Column name to reason; empty when every column is usable.
    """
    reasons: dict[str, str] = {}
    for name, column in zip(names, values.T, strict=True):
        known = column[~np.isnan(column)]
        if not len(known):
            reasons[name] = "every value is missing"
            continue
        filled = np.where(np.isnan(column), np.median(known), column)
        lower, upper = np.quantile(filled, [tail, 1 - tail])
        if lower == upper:
            reasons[name] = f"constant ({lower:g}) for at least {1 - 2 * tail:.0%} of customers"
    return reasons


def unusable_levels(words: pd.DataFrame, *, tail: float) -> dict[str, str]:
    """Return the categorical columns that cannot set a cluster apart, with the reason.

    Args:
        words: Levels as strings, None where missing, shape (n, m).
        tail: Share of rows of the smallest cluster allowed.

    Returns:
        Column name to reason; empty when every column is usable.
    """
    reasons: dict[str, str] = {}
    for name in words.columns:
        shares = words[name].fillna("missing").value_counts(normalize=True)
        if words[name].isna().all():
            reasons[name] = "every value is missing"
        elif shares.iloc[0] > 1 - tail:
            reasons[name] = f"{shares.index[0]} for more than {1 - tail:.0%} of customers"
    return reasons
