"""How far what customers did in a newer window has moved from the windows that a model was learnt on.

Belongs here: effect sizes of a share and of a mean, their bands. Does not belong here: features and predictions
(``drift``), which windows are compared, what happens then.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from ml.errors import NotEnoughOutcomesError
from ml.evaluation.drift import DriftBands, Result

# Small and medium by Cohen's convention for h and d (Cohen 1988, chapters 2 and 6).
BANDS = DriftBands(warn=0.2, block=0.5)
# Amounts above this quantile of the learnt ones count as it: else a few giants make the spread, and hide any move.
WINSOR_QUANTILE = 0.99


@dataclass(frozen=True, kw_only=True)
class OutcomeShift:
    """A share or mean of two windows, and how far apart they are.

    Attributes:
        before: Of the windows learnt from, in the unit of the outcome.
        after: Of the newer window.
        effect: Cohen's h of a share, d of a mean; above 0 where the newer is the higher.
        limit_of_chance: Size that samples of one population stay below in 99 of 100 cases.
        result: ok, warn or block; what chance explains is ok.
    """

    before: float
    after: float
    effect: float
    limit_of_chance: float
    result: Result


def share_shift(before: np.ndarray, after: np.ndarray, *, bands: DriftBands = BANDS) -> OutcomeShift:
    """Return how far the share of customers with an outcome has moved.

    ``h = 2 arcsin sqrt(p_after) - 2 arcsin sqrt(p_before)`` (Cohen 1988, chapter 6), of variance ``1/n + 1/m`` about.

    Args:
        before: 0 or 1 of each row learnt from, shape (n,); NaN where not known.
        after: The same of the newer window, shape (m,).
        bands: Limits of the effect.

    Raises:
        NotEnoughOutcomesError: Nothing is known of one of the two.
    """
    first, second = _known(before), _known(after)
    shares = [float((values > 0).mean()) for values in (first, second)]
    h = 2 * np.arcsin(np.sqrt(shares[1])) - 2 * np.arcsin(np.sqrt(shares[0]))
    return _shift(shares[0], shares[1], float(h), len(first), len(second), bands)


def mean_shift(before: np.ndarray, after: np.ndarray, *, bands: DriftBands = BANDS) -> OutcomeShift:
    """Return how far a mean amount has moved; amounts are cut at the 99th percentile of the learnt ones above 0.

    ``d = (mean_after - mean_before) / s`` with the pooled standard deviation (Cohen 1988, chapter 2), of variance
    ``1/n + 1/m`` about where it is small.

    Args:
        before: Amount of each row learnt from, shape (n,); NaN where not known.
        after: The same of the newer window, shape (m,).
        bands: Limits of the effect.

    Raises:
        NotEnoughOutcomesError: Nothing is known of one of the two.
    """
    first, second = (np.sort(_known(values)) for values in (before, after))
    some = first[first > 0]
    if len(some):
        highest = np.quantile(some, WINSOR_QUANTILE)
        first, second = np.minimum(first, highest), np.minimum(second, highest)
    squares = float(((first - first.mean()) ** 2).sum() + ((second - second.mean()) ** 2).sum())
    spread = np.sqrt(squares / max(len(first) + len(second) - 2, 1))
    difference = float(second.mean() - first.mean())
    # Where nothing varies every difference is beyond measure.
    d = difference / spread if spread > 0 else float(np.sign(difference)) * np.inf if difference else 0.0
    return _shift(float(first.mean()), float(second.mean()), float(d), len(first), len(second), bands)


def _shift(before: float, after: float, effect: float, n: int, m: int, bands: DriftBands) -> OutcomeShift:
    limit = float(norm.ppf(0.995) * np.sqrt(1 / n + 1 / m))
    return OutcomeShift(
        before=before,
        after=after,
        effect=effect,
        limit_of_chance=limit,
        result=bands.result(abs(effect), limit_of_chance=limit),
    )


def _known(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    known = values[~np.isnan(values)]
    if not len(known):
        raise NotEnoughOutcomesError(
            "Outcome drift: no outcome is known",
            expected="at least one row whose window is over",
            found=f"{len(values)} rows without an outcome",
            fix="compare windows that are complete",
        )
    return known
