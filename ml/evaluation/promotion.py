"""Whether a newly learnt model may serve, decided by a rule that was declared before.

Belongs here: the rule, its verdict and the reasons in words. Does not belong here: learning, splitting, writing
the verdict down, what is served meanwhile.

All models are held against the same rows: the newest dates whose outcome is complete.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from ml.errors import ModelInputError, NotEnoughOutcomesError
from ml.evaluation.classification_metrics import calibration_line, classification_scorecard, log_loss
from ml.evaluation.intervals import Interval, Metric, paired_difference
from ml.evaluation.value_metrics import gini, mean_absolute_error, total_forecast_error, value_scorecard
from ml.panels import customer_hash

Kind = Literal["probability", "value"]


@dataclass(frozen=True, kw_only=True)
class PromotionRule:
    """What a candidate must show.

    Attributes:
        kind: ``probability`` is judged by log loss, ``value`` by mean absolute error and Gini.
        serving_margin: How much worse than the serving model a candidate may turn out, as a share of the serving
            model's metric; the interval must exclude more.
        min_slope: Smallest calibration slope of probabilities.
        max_slope: Largest calibration slope of probabilities.
        max_total_error: Largest distance of the predicted from the actual total, as a share, of values.
        level: Level of the paired intervals.
        max_rows: Most rows judged, whole customers drawn by a hash; a million rows of amounts took 36 CPU seconds and
            say no more.
    """

    kind: Kind
    serving_margin: float = 0.01
    min_slope: float = 0.8
    max_slope: float = 1.25
    max_total_error: float = 0.15
    level: float = 0.95
    max_rows: int = 200_000


@dataclass(frozen=True, kw_only=True)
class PromotionDecision:
    """The verdict on a candidate.

    Attributes:
        is_promoted: Whether the candidate may serve.
        reasons: One sentence per question asked, failed ones first.
        scorecards: Model to metric to value: ``candidate``, each baseline and, where there is one, ``serving``.
        gains: ``rfm_cells:log_loss`` and the like to the candidate's gain, above 0 when it is better.
    """

    is_promoted: bool
    reasons: tuple[str, ...]
    scorecards: Mapping[str, Mapping[str, float]]
    gains: Mapping[str, Interval] = field(default_factory=dict)

    def to_parameters(self) -> dict[str, Any]:
        """Return the verdict as plain JSON types; undefined numbers become None."""
        return {
            "is_promoted": self.is_promoted,
            "reasons": list(self.reasons),
            "scorecards": {model: _plain(card) for model, card in self.scorecards.items()},
            "gains": {name: _plain(asdict(gain)) for name, gain in self.gains.items()},
        }


def decide_promotion(
    y: np.ndarray,
    candidate: np.ndarray,
    baselines: Mapping[str, np.ndarray],
    customer_ids: pd.Series | np.ndarray,
    *,
    rule: PromotionRule,
    serving: np.ndarray | None = None,
) -> PromotionDecision:
    """Hold a candidate against simple baselines, all of which it must beat, and the serving model.

    Args:
        y: Outcomes of the newest complete window, shape (n,), none missing.
        candidate: Its predictions, shape (n,).
        baselines: Name of each simple baseline, such as ``rfm_cells``, to its predictions, shape (n,); at least one.
        customer_ids: Customer of each row, shape (n,).
        rule: What must be shown.
        serving: Predictions of the serving model, shape (n,); None where none serves.

    Returns:
        The verdict.

    Raises:
        ModelInputError: A length differs, or a value is missing.
    """
    models = {"candidate": candidate, **baselines} | ({} if serving is None else {"serving": serving})
    _check(y, models)
    if not baselines or not {"candidate", "serving"}.isdisjoint(baselines):
        raise ModelInputError(
            "Promotion: there is no baseline to beat",
            expected="at least one, by a name other than candidate and serving",
            found=", ".join(baselines) or "none",
            fix="pass {'rfm_cells': baseline.predict(rows)}",
        )
    if len(y) > rule.max_rows:
        hashes = customer_hash(customer_ids, seed=3)
        drawn = hashes < np.partition(hashes, rule.max_rows)[rule.max_rows]
        y, customer_ids = np.asarray(y)[drawn], np.asarray(customer_ids)[drawn]
        models = {name: np.asarray(predicted)[drawn] for name, predicted in models.items()}
        candidate = models["candidate"]
    scorecard = classification_scorecard if rule.kind == "probability" else value_scorecard
    cards = {name: scorecard(y, predicted) for name, predicted in models.items()}
    gains: dict[str, Interval] = {}
    passed: list[str] = []
    failed: list[str] = []
    for metric_name, (metric, sign) in _metrics(rule.kind).items():
        for other in [name for name in models if name != "candidate"]:
            first, second = (models[other], candidate) if sign < 0 else (candidate, models[other])
            gain = paired_difference(metric, y, first, second, customer_ids, level=rule.level)
            gains[f"{other}:{metric_name}"] = gain
            # An undefined bound is no proof: comparisons with NaN are false.
            margin = rule.serving_margin * abs(metric(y, models[other])) if other == "serving" else 0.0
            is_better = gain.lower > -margin
            words = _gain_in_words(metric_name, other, gain, margin)
            (passed if is_better else failed).append(words)
    name, value, low, high = _honesty(y, candidate, rule)
    words = f"The {name} is {value:.3g}; {low:.3g} to {high:.3g} is allowed."
    (passed if low <= value <= high else failed).append(words)
    return PromotionDecision(
        is_promoted=not failed,
        reasons=(*(f"Not met: {words}" for words in failed), *(f"Met: {words}" for words in passed)),
        scorecards=cards,
        gains=gains,
    )


def _metrics(kind: Kind) -> dict[str, tuple[Metric, int]]:
    if kind == "probability":
        return {"log_loss": (log_loss, -1)}
    return {"mean_absolute_error": (mean_absolute_error, -1), "gini": (gini, 1)}


def _honesty(y: np.ndarray, candidate: np.ndarray, rule: PromotionRule) -> tuple[str, float, float, float]:
    if rule.kind == "probability":
        return "calibration slope", calibration_line(y, candidate)[0], rule.min_slope, rule.max_slope
    error = total_forecast_error(y, candidate)
    return "error of the predicted total", error, -rule.max_total_error, rule.max_total_error


def _gain_in_words(metric_name: str, other: str, gain: Interval, margin: float) -> str:
    asked = f"its lower limit must be above {-margin:.3g}" if margin else "its lower limit must be above 0"
    return (
        f"The gain in {metric_name.replace('_', ' ')} over {other.replace('_', ' ')} is {gain.estimate:.4g} "
        f"({gain.lower:.4g} to {gain.upper:.4g}); {asked}."
    )


def _plain(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: float(value) if math.isfinite(value) else None for name, value in values.items()}


def _check(y: np.ndarray, models: Mapping[str, np.ndarray]) -> None:
    for name, values in {"outcome": y, **models}.items():
        if len(values) != len(y) or not len(y) or not np.isfinite(values).all():
            raise (ModelInputError if len(y) else NotEnoughOutcomesError)(
                f"Promotion: the {name} cannot be judged",
                expected=f"{len(y)} finite numbers, at least one",
                found=f"{len(values)} values, {int((~np.isfinite(values)).sum())} not finite",
                fix="keep only rows whose outcome window is complete",
            )
