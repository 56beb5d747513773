"""Whether contacting those ranked first changes more than contacting anybody.

Belongs here: scores of the change from a random experiment, the Qini curve and its coefficient with an interval. Does
not belong here: how customers are ranked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.errors import ModelInputError

# Two-sided 95 % of the normal distribution.
_Z = 1.959963984540054
TENTHS = 10


@dataclass(frozen=True, kw_only=True)
class QiniCoefficient:
    """The area between the Qini curve and that of a random order.

    Attributes:
        estimate: In units of the outcome per customer; what a random half less than the better half gains, averaged
            over how many are contacted.
        low, high: Interval of 95 %.
    """

    estimate: float
    low: float
    high: float

    @property
    def beats_random(self) -> bool:
        """Whether the interval lies above 0."""
        return self.low > 0


@dataclass(frozen=True, kw_only=True)
class QiniPoint:
    """What contacting the first so many gains, per customer of all.

    Attributes:
        share: Of the customers, those ranked first (0-1).
        gain: Change of the outcome, divided by all customers.
        low, high: Its interval of 95 %.
        random_gain: What as many customers drawn by chance would gain.
    """

    share: float
    gain: float
    low: float
    high: float
    random_gain: float


def effect_scores(
    y: np.ndarray, treated: np.ndarray, *, expected_contacted: np.ndarray, expected_held: np.ndarray
) -> np.ndarray:
    """Return a number a customer whose mean over any group is the mean change in it, shape (n,).

    The scores of augmented inverse propensity weighting (Robins, Rotnitzky & Zhao 1994, JASA 89), with the share of the
    contacted as everybody's chance of being contacted, which is true where chance alone decided. Whatever the models
    expected, the mean is right; the better they are, the less it varies.

    Args:
        y: What customers did, shape (n,).
        treated: Booleans, shape (n,).
        expected_contacted: What a model expected of them if contacted, that has not seen them, shape (n,).
        expected_held: The same if not.

    Raises:
        ModelInputError: An arm is empty.
    """
    treated = np.asarray(treated, bool)
    share = float(treated.mean()) if len(treated) else 0.0
    if not 0 < share < 1:
        raise ModelInputError(
            "effect_scores: there are not two arms",
            expected="customers who were contacted and customers who were held out",
            found=f"{int(treated.sum())} of {len(treated)} contacted",
            fix="ask for the change in campaigns with a holdout only",
        )
    change = expected_contacted - expected_held
    return np.asarray(
        change + np.where(treated, (y - expected_contacted) / share, -(y - expected_held) / (1 - share)), np.float64
    )


def qini_coefficient(ranking: np.ndarray, effects: np.ndarray) -> QiniCoefficient:
    """Return the area between the curve of a ranking and that of a random order, with its interval.

    The coefficient of Radcliffe (2007, Direct Marketing Analytics Journal) written as a rank-weighted average effect
    with weights that fall evenly from 1/2 to -1/2 (Yadlowsky, Fleming, Shah, Brunskill & Wager 2025, JASA 120); its
    interval is that of a mean of influences, those of the ranks included.

    Args:
        ranking: Higher is contacted first, shape (n,); ties share their ranks, so that their order does not matter.
        effects: ``effect_scores`` of the same customers, shape (n,).
    """
    count = len(ranking)
    place = _mid_ranks(ranking)
    estimate = float(np.mean(effects * (place - 0.5)))
    # What a customer moves by standing before others: the effects of all that are ranked at least as high.
    _, group = np.unique(ranking, return_inverse=True)
    together = np.bincount(group, effects)
    above = (together.sum() - np.cumsum(together) + together / 2) / count
    influence = effects * (place - 0.5) - estimate + above[group] - float(np.mean(effects * place))
    half = _Z * float(np.std(influence - influence.mean(), ddof=1)) / np.sqrt(count)
    return QiniCoefficient(estimate=estimate, low=estimate - half, high=estimate + half)


def qini_curve(ranking: np.ndarray, effects: np.ndarray) -> list[QiniPoint]:
    """Return what contacting the first tenth, two tenths and so on gains; arguments as of ``qini_coefficient``.

    Customers who share a rank are contacted to the same part.
    """
    count = len(ranking)
    place = _mid_ranks(ranking)
    _, group, sizes = np.unique(ranking, return_inverse=True, return_counts=True)
    width = sizes[group] / count
    mean = float(effects.mean())
    points = []
    for tenth in range(1, TENTHS + 1):
        share = tenth / TENTHS
        # A group of ties spans ranks; the part of it above the cut is contacted.
        contacted = np.clip((place + width / 2 - (1 - share)) / width, 0.0, 1.0)
        part = effects * contacted
        gain = float(part.mean())
        half = _Z * float(np.std(part, ddof=1)) / np.sqrt(count)
        points.append(QiniPoint(share=share, gain=gain, low=gain - half, high=gain + half, random_gain=share * mean))
    return points


def _mid_ranks(ranking: np.ndarray) -> np.ndarray:
    """Places between 0 and 1, the highest near 1; ties get the middle of theirs."""
    _, group, sizes = np.unique(ranking, return_inverse=True, return_counts=True)
    ends = np.cumsum(sizes)
    return np.asarray((ends[group] - sizes[group] / 2) / len(ranking), np.float64)
