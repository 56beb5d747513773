"""From scores to probabilities that mean what they say.

Belongs here: ``ProbabilityCalibration``, learnt on rows later than those of the trees. Does not belong here: measuring
how well calibrated a model is (``ml.evaluation.classification_metrics``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression

# Isotonic regression overfits below about a thousand cases (Niculescu-Mizil & Caruana 2005, section 5).
MIN_CASES_FOR_ISOTONIC = 1000
MAX_BINS = 50


class ProbabilityCalibration:
    """A monotone map from scores (log odds) to probabilities.

    With at least 1,000 rows of each outcome: isotonic regression (Zadrozny & Elkan 2002) of the means of up to 50 bins
    of equal size, linear between their mean scores; a bin is credited with one row of the base rate, so that it is
    never 0 or 1. With fewer: Platt's line (1999) with his smoothed targets.

    Attributes:
        method_: ``isotonic``, ``platt`` or ``base_rate`` (the scores order nothing).
        scores_: Knots, ascending, or slope and intercept.
        values_: Probability at each knot; empty for a line.
    """

    def fit(self, scores: np.ndarray, y: np.ndarray) -> Self:
        """Learn the map from scores and outcomes 0 and 1, shapes (n,); the order of the rows does not matter."""
        order = np.lexsort((y, scores))
        scores, y = scores[order], y[order]
        positives = int(y.sum())
        if min(positives, len(y) - positives) < MIN_CASES_FOR_ISOTONIC:
            return self._fit_line(scores, y)
        edges = np.unique(np.quantile(scores, np.linspace(0, 1, MAX_BINS + 1)[1:-1]))
        code = np.searchsorted(edges, scores, side="left")
        counts = np.bincount(code)
        filled = counts > 0
        base = positives / len(y)
        means = (np.bincount(code, weights=y)[filled] + base) / (counts[filled] + 1)
        knots = np.bincount(code, weights=scores)[filled] / counts[filled]
        rising = IsotonicRegression().fit_transform(knots, means, sample_weight=counts[filled])
        self.method_ = "isotonic"
        self.scores_, self.values_ = knots, np.asarray(rising, dtype=np.float64)
        return self

    def predict(self, scores: np.ndarray) -> np.ndarray:
        """Return probabilities, shape (n,), strictly between 0 and 1."""
        if self.method_ == "isotonic":
            return np.asarray(np.interp(scores, self.scores_, self.values_))
        slope, intercept = self.scores_
        return np.clip(expit(slope * scores + intercept), 1e-9, 1 - 1e-9)

    def to_parameters(self) -> dict[str, Any]:
        """Return all that was learnt as plain JSON types."""
        return {"method": self.method_, "scores": self.scores_.tolist(), "values": self.values_.tolist()}

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted map from ``to_parameters()``."""
        calibration = cls()
        calibration.method_ = str(parameters["method"])
        calibration.scores_ = np.array(parameters["scores"], dtype=np.float64)
        calibration.values_ = np.array(parameters["values"], dtype=np.float64)
        knots = len(calibration.values_) if calibration.method_ == "isotonic" else 2
        if calibration.method_ not in ("isotonic", "platt", "base_rate") or len(calibration.scores_) != knots:
            raise ValueError("a calibration of another kind")
        return calibration

    def _fit_line(self, scores: np.ndarray, y: np.ndarray) -> Self:
        positives = y.sum()
        negatives = len(y) - positives
        target = np.where(y > 0, (positives + 1) / (positives + 2), 1 / (negatives + 2))
        base = (positives + 1) / (len(y) + 2)
        slope, intercept = _logistic_line(scores, target, base)
        if slope > 0:
            self.method_ = "platt"
        else:
            self.method_, slope, intercept = "base_rate", 0.0, float(np.log(base / (1 - base)))
        self.scores_, self.values_ = np.array([slope, intercept]), np.empty(0)
        return self


def _logistic_line(x: np.ndarray, target: np.ndarray, base: float) -> tuple[float, float]:
    """Return slope and intercept of the logistic regression of ``target`` on ``x`` by Newton's method."""
    if x.min() == x.max():
        return 0.0, 0.0
    centre, scale = float(x.mean()), float(x.std())
    x = (x - centre) / scale
    slope, intercept = 0.0, float(np.log(base / (1 - base)))
    for _ in range(100):
        mean = expit(slope * x + intercept)
        weight = np.maximum(mean * (1 - mean), 1e-12)
        gradient = np.array([((target - mean) * x).sum(), (target - mean).sum()])
        wx = (weight * x).sum()
        step = np.linalg.solve(np.array([[(weight * x * x).sum(), wx], [wx, weight.sum()]]), gradient)
        step = np.clip(step, -2, 2)
        slope, intercept = slope + step[0], intercept + step[1]
        if np.abs(step).max() < 1e-10:
            break
    return float(slope / scale), float(intercept - slope * centre / scale)
