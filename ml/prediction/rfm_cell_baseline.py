"""The baseline every predictor must beat: the mean outcome of customers of the same recency, frequency and money.

Belongs here: ``RfmCellBaseline``. Does not belong here: the RFM segments of the rules, which are for people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.errors import NotEnoughOutcomesError, ParameterFormatError
from ml.frames import feature_matrix
from ml.panels import outcome_values

FORMAT = "tessera.rfm_cell_baseline"


class RfmCellBaseline(BaseEstimator):
    """Mean outcome by bands of recency, frequency and monetary value; serves probabilities and amounts.

    Bands are quantiles with ties kept whole; missing is a band of its own. A cell's mean is drawn to that of its parent
    as if ``shrinkage`` rows of the parent had been seen in it: ``(sum + k * parent) / (n + k)`` (the credibility
    formula of Buehlmann 1967 with k given), from all rows to recency, recency x frequency, and the full cell.

    Args:
        outcome_name: Column to predict.
        feature_names: Recency, frequency and monetary columns, most telling first.
        bands: Bands per column.
        shrinkage: Rows of the parent that a cell is credited with.

    Attributes:
        edges_: Limits between bands, one array per column.
        means_: One table per depth, from all rows to the full cell: cell to mean.
    """

    def __init__(
        self,
        *,
        outcome_name: str,
        feature_names: tuple[str, ...] = (
            "days_since_last_order",
            "order_days_365d_count",
            "net_revenue_365d_amount",
        ),
        bands: int = 5,
        shrinkage: float = 50.0,
    ) -> None:
        self.outcome_name = outcome_name
        self.feature_names = feature_names
        self.bands = bands
        self.shrinkage = shrinkage

    def fit(self, X: pd.DataFrame, y: None = None) -> Self:
        """Learn bands and means from the rows of ``X`` whose outcome is known.

        Raises:
            ModelInputError: A column cannot be used, or no outcome is known.
        """
        outcome = outcome_values(X, self.outcome_name, owner="RfmCellBaseline")
        known = ~np.isnan(outcome)
        if not known.any():
            raise NotEnoughOutcomesError(
                "RfmCellBaseline: no outcome is known",
                expected=f"rows with {self.outcome_name!r}",
                found=f"{len(X)} rows without it",
                fix="pass rows whose horizon is complete",
            )
        values = feature_matrix(X, self.feature_names, owner="RfmCellBaseline")[known]
        # Sums of floats depend on their order; within a cell rows are added by outcome.
        order = np.argsort(outcome[known], kind="stable")
        values, outcome = values[order], outcome[known][order]
        inner = np.linspace(0, 1, self.bands + 1)[1:-1]
        self.edges_ = []
        for column in values.T:
            there = column[~np.isnan(column)]
            self.edges_.append(np.unique(np.quantile(there, inner)) if len(there) else np.empty(0))
        codes = self._codes(values)
        self.means_ = [np.array([outcome.mean()])]
        for depth in range(1, len(self.edges_) + 1):
            cells = self._cells(codes, depth)
            parents = np.repeat(self.means_[-1], self._width(depth - 1))
            counts = np.bincount(cells, minlength=len(parents))
            sums = np.bincount(cells, weights=outcome, minlength=len(parents))
            self.means_.append((sums + self.shrinkage * parents) / (counts + self.shrinkage))
        return self

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the mean of each row's cell, in the unit of the outcome, shape (n,)."""
        check_is_fitted(self, "means_")
        codes = self._codes(feature_matrix(X, self.feature_names, owner="RfmCellBaseline"))
        return np.asarray(self.means_[-1][self._cells(codes, len(self.edges_))])

    def to_parameters(self) -> dict[str, Any]:
        """Return all that was learnt as plain JSON types."""
        check_is_fitted(self, "means_")
        settings = self.get_params() | {"feature_names": list(self.feature_names)}
        return {
            "format": FORMAT,
            "settings": settings,
            "edges": [edges.tolist() for edges in self.edges_],
            "means": [means.tolist() for means in self.means_],
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted baseline from ``to_parameters()``.

        Raises:
            ParameterFormatError: It is another document or a damaged one.
        """
        try:
            if parameters["format"] != FORMAT:
                raise ValueError(f"format {parameters['format']!r}")
            settings = dict(parameters["settings"])
            model = cls(**(settings | {"feature_names": tuple(settings["feature_names"])}))
            model.edges_ = [np.array(edges, dtype=np.float64) for edges in parameters["edges"]]
            model.means_ = [np.array(means, dtype=np.float64) for means in parameters["means"]]
            widths = [int(np.prod([model._width(d) for d in range(depth)])) for depth in range(len(model.edges_) + 1)]
            if [len(means) for means in model.means_] != widths:
                raise ValueError("means that do not fit the bands")
        except (KeyError, TypeError, ValueError) as error:
            raise ParameterFormatError(
                "RfmCellBaseline: these are not its parameters",
                expected=f"a document of format {FORMAT!r}",
                found=f"{type(error).__name__}: {error}",
                fix="learn the baseline again",
            ) from error
        return model

    def _width(self, position: int) -> int:
        return len(self.edges_[position]) + 2

    def _codes(self, values: np.ndarray) -> np.ndarray:
        codes = [
            np.where(np.isnan(column), 0, np.searchsorted(edges, column, side="left") + 1)
            for column, edges in zip(values.T, self.edges_, strict=True)
        ]
        return np.column_stack(codes)

    def _cells(self, codes: np.ndarray, depth: int) -> np.ndarray:
        cells = np.zeros(len(codes), dtype=np.int64)
        for position in range(depth):
            cells = cells * self._width(position) + codes[:, position]
        return cells
