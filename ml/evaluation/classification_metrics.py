"""How good probabilities are: order, sharpness and honesty.

Belongs here: metrics of (outcome, probability) as pure functions. Does not belong here: intervals around them
(``intervals``), what is good enough (``promotion``).

In every function ``y`` holds 0 and 1, shape (n,), and ``p`` probabilities, shape (n,). Equal probabilities are
never broken by the order of the rows.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import rankdata

# Probabilities are kept this far from 0 and 1 before a logarithm.
EPSILON = 1e-9


def area_under_roc(y: np.ndarray, p: np.ndarray) -> float:
    """Return the chance that a row with the outcome has the higher probability, ties counting half.

    It is the Mann-Whitney statistic over the number of pairs (Hanley & McNeil 1982); NaN where one class is absent.
    """
    positive = np.asarray(y) > 0
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    if not n_positive or not n_negative:
        return float("nan")
    ranks = rankdata(p)[positive].sum()
    return float((ranks - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def log_loss(y: np.ndarray, p: np.ndarray) -> float:
    """Return the mean negative log likelihood in nats (Good 1952); smaller is better."""
    p = np.clip(p, EPSILON, 1 - EPSILON)
    return float(-np.mean(np.where(np.asarray(y) > 0, np.log(p), np.log1p(-p))))


def brier_score(y: np.ndarray, p: np.ndarray) -> float:
    """Return the mean squared distance of probability and outcome (Brier 1950, for two classes); smaller is better."""
    return float(np.mean((np.asarray(p) - np.asarray(y)) ** 2))


def calibration_line(y: np.ndarray, p: np.ndarray) -> tuple[float, float]:
    """Return slope and intercept of the logistic regression of the outcome on ``logit(p)`` (Cox 1958).

    (1, 0) is perfect; a slope below 1 means that the probabilities are too extreme. Newton's method, which for two
    parameters converges in a few steps. (NaN, NaN) where there is nothing to fit: one class, or one probability.
    """
    y = np.asarray(y, dtype=np.float64)
    p = np.clip(p, EPSILON, 1 - EPSILON)
    x = np.log(p) - np.log1p(-p)
    if y.min() == y.max() or x.min() == x.max():
        return float("nan"), float("nan")
    slope, intercept = 1.0, 0.0
    for _ in range(50):
        mean = expit(slope * x + intercept)
        weight = mean * (1 - mean)
        gradient = np.array([((y - mean) * x).sum(), (y - mean).sum()])
        wx = (weight * x).sum()
        hessian = np.array([[(weight * x * x).sum(), wx], [wx, weight.sum()]])
        if np.linalg.det(hessian) <= 0:
            return float("nan"), float("nan")
        step = np.linalg.solve(hessian, gradient)
        # A separable sample has no finite answer; steps are bounded so that it is reached as a large number.
        step = np.clip(step, -2, 2)
        slope, intercept = slope + step[0], intercept + step[1]
        if np.abs(step).max() < 1e-10:
            break
    return float(slope), float(intercept)


def expected_calibration_error(y: np.ndarray, p: np.ndarray, *, bins: int = 10) -> float:
    """Return the mean distance of forecast and frequency over bins of equal size (Naeini et al. 2015, section 4).

    Rows with equal probability stay in one bin, so there may be fewer than ``bins``.
    """
    table = decile_table(y, p, bins=bins)
    gap = (table["outcome_mean"] - table["predicted_mean"]).abs()
    return float((gap * table["rows"]).sum() / table["rows"].sum())


def decile_table(y: np.ndarray, p: np.ndarray, *, bins: int = 10) -> pd.DataFrame:
    """Return one row per bin of equal size, best first: bin, rows, predicted_mean, outcome_mean, outcome_share, lift.

    ``outcome_share`` is the bin's part of all outcomes; ``lift`` is outcome_mean over the mean of all rows. It
    serves amounts as well as probabilities. Equal predictions stay together.
    """
    y, p = np.asarray(y, dtype=np.float64), np.asarray(p, dtype=np.float64)
    edges = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)[1:-1]))
    code = np.searchsorted(edges, p, side="left")
    frame = pd.DataFrame({"code": code, "y": y, "p": p}).groupby("code")[["y", "p"]].agg(["size", "mean", "sum"])
    frame = frame.iloc[::-1]
    return pd.DataFrame(
        {
            "bin": np.arange(1, len(frame) + 1),
            "rows": frame[("y", "size")].to_numpy(),
            "predicted_mean": frame[("p", "mean")].to_numpy(),
            "outcome_mean": frame[("y", "mean")].to_numpy(),
            "outcome_share": frame[("y", "sum")].to_numpy() / y.sum() if y.sum() else np.nan,
            "lift": frame[("y", "mean")].to_numpy() / y.mean() if y.mean() else np.nan,
        }
    )


def lift_at(y: np.ndarray, score: np.ndarray, *, share: float = 0.1) -> float:
    """Return how many times the mean outcome the best ``share`` of rows has; NaN where no outcome happened.

    Of rows tied at the limit the expected part counts, as if drawn by chance.
    """
    y, score = np.asarray(y, dtype=np.float64), np.asarray(score, dtype=np.float64)
    wanted = share * len(y)
    limit = -np.partition(-score, min(int(np.ceil(wanted)), len(score)) - 1)[int(np.ceil(wanted)) - 1]
    above, tied = score > limit, score == limit
    taken = y[above].sum() + y[tied].mean() * (wanted - above.sum())
    return float(taken / wanted / y.mean()) if y.mean() else float("nan")


def classification_scorecard(y: np.ndarray, p: np.ndarray) -> dict[str, float]:
    """Return every metric of this file by name, with ``rows`` and ``outcome_share``."""
    slope, intercept = calibration_line(y, p)
    return {
        "rows": float(len(y)),
        "outcome_share": float(np.mean(y)),
        "area_under_roc": area_under_roc(y, p),
        "log_loss": log_loss(y, p),
        "brier_score": brier_score(y, p),
        "calibration_slope": slope,
        "calibration_intercept": intercept,
        "expected_calibration_error": expected_calibration_error(y, p),
        "lift_at_10_percent": lift_at(y, p, share=0.1),
    }
