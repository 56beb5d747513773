"""Interfaces that every estimator of Tessera keeps, in scikit-learn manners.

Belongs here: what a segmenter promises, so that orchestration can run one it has never seen. Does not belong
here: any algorithm (one estimator per file), and any knowledge of where frames come from or go to.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Self, TypedDict

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator


class Reason(TypedDict):
    """Why a customer is in a segment: one feature's part in it.

    Attributes:
        feature: Column name.
        value: The customer's raw value, in the column's unit, or level; None where it is missing.
        effect: Between -1 and 1. Positive speaks for the segment, negative against it; the absolute effects
            over all features of the model sum to 1.
    """

    feature: str
    value: float | str | None
    effect: float


class Segmenter(BaseEstimator, ABC):
    """Puts every customer into exactly one segment, and says why.

    ``__init__`` only stores its arguments; what is learnt ends in ``_``. Frames are indexed by customer_id
    and hold one row per customer of one as_of_date. A fitted segmenter labels rows of any date.

    Attributes:
        segments_: One row per segment with at least ``segment_code``, ``name``, ``description``,
            ``customers`` (count at fit) and ``share`` (0-1, sums to 1).
    """

    segments_: pd.DataFrame

    @abstractmethod
    def fit(self, X: pd.DataFrame, y: None = None, *, previous: Mapping[str, Any] | None = None) -> Self:
        """Learn segments from ``X`` (n customers x features).

        Args:
            X: Features indexed by customer_id.
            y: Ignored; present by scikit-learn's convention.
            previous: ``to_parameters()`` of the last version, so that codes and names carry over.

        Returns:
            The fitted segmenter itself.
        """

    @abstractmethod
    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the segment code of each row, shape (n,), strings, in the order of ``X``."""

    @abstractmethod
    def confidence(self, X: pd.DataFrame) -> np.ndarray:
        """Return how clearly each row belongs to its segment, shape (n,), between 0 and 1."""

    @abstractmethod
    def explain(self, X: pd.DataFrame) -> list[list[Reason]]:
        """Return the strongest reasons of each row, strongest first, in the order of ``X``."""

    @abstractmethod
    def to_parameters(self) -> dict[str, Any]:
        """Return all that was learnt as plain JSON types."""

    @classmethod
    @abstractmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted segmenter from ``to_parameters()`` without executing anything."""
