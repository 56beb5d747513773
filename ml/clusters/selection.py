"""How many clusters: by stability and separation, with the whole table kept.

Belongs here: measuring each candidate k on a bounded sample, the rule that ranks them, and the fit of the
chosen one. Does not belong here: frames of features, codes, names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import pairwise_distances, silhouette_score

from ml.clusters.lloyd import fit_centers, inertia, nearest_labels, polish_centers, squared_distances
from ml.clusters.outliers import outlier_limit
from ml.errors import NoEligibleClustersError
from ml.evaluation.stability import subsample_stability

# Silhouette needs every distance between its rows: 1,500 rows cost .1 s once, 10,000 more than the whole fit.
SILHOUETTE_ROWS = 1_500
STABILITY_ROWS = 3_000
SUBSAMPLE_SHARE = 0.8
# With one start the local optima of k-means, not the data, decide the stability of a k.
STARTS = 5
# A warm start from the last version is kept unless a fresh one is better by more than this share of inertia.
WARM_START_SLACK = 0.01

K_SELECTION_COLUMNS = ("k", "stability", "separation", "within_share", "smallest_share", "eligible", "chosen")


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The clusters that were chosen.

    Attributes:
        centers: Centres, shape (k, p).
        table: The candidates, with the columns ``K_SELECTION_COLUMNS``.
        limit: Distance from the nearest centre beyond which a row is unlike every cluster, infinity without one.
        apart: Whether the rows beyond it are enough for a segment of their own.
    """

    centers: np.ndarray
    table: pd.DataFrame
    limit: float
    apart: bool


def bounded_sample(rows: int, size: int, *, seed: int) -> slice | np.ndarray:
    """Return positions of at most ``size`` rows, ascending; all of them where there are no more."""
    if rows <= size:
        return slice(None)
    return np.sort(np.random.default_rng(seed).choice(rows, size=size, replace=False))


def smallest_share(labels: np.ndarray, k: int) -> float:
    """Return the share of the smallest of k clusters, 0 when one is empty."""
    return float(np.bincount(labels, minlength=k).min() / len(labels))


def nearest_distances(values: np.ndarray, centers: np.ndarray) -> np.ndarray:
    """Return the distance of each row to its nearest centre, shape (n,)."""
    return np.asarray(np.sqrt(squared_distances(values, centers).min(axis=1)))


def measure_candidates(
    values: np.ndarray, candidates: Sequence[int], *, repeats: int, starts: int, seed: int
) -> pd.DataFrame:
    """Measure each number of clusters on seeded samples of the prepared rows.

    Args:
        values: Prepared rows in a fixed order, shape (n, p).
        candidates: Numbers of clusters to try, each at least 2.
        repeats: Subsamples per candidate for stability.
        starts: k-means++ starts per fit.
        seed: Seed of every draw.

    Returns:
        One row per candidate: ``k``; ``stability``, the mean adjusted Rand index between clusterings of 80 %
        subsamples (Lange et al. 2004 choose k by what comes out the same on resampled rows); ``separation``, the
        mean silhouette (Rousseeuw 1987); ``within_share``, the sum of squares within clusters by that around the
        mean, whose bend is the elbow (Thorndike 1953); ``smallest_share`` (0-1).
    """
    sample = values[bounded_sample(len(values), STABILITY_ROWS, seed=seed)]
    shown = bounded_sample(len(sample), SILHOUETTE_ROWS, seed=seed)
    distances = pairwise_distances(sample[shown])
    around_mean = inertia(sample, sample.mean(axis=0, keepdims=True))
    rows = []
    for k in candidates:
        centers = fit_centers(sample, k, seed=seed + k, starts=starts)
        own = nearest_labels(sample, centers)[shown]

        def label_all(drawn: np.ndarray, draw_seed: int, *, k: int = k) -> np.ndarray:
            return nearest_labels(sample, fit_centers(sample[drawn], k, seed=draw_seed, starts=starts))

        rows.append(
            {
                "k": int(k),
                "stability": subsample_stability(
                    sample, label_all, repeats=repeats, share=SUBSAMPLE_SHARE, seed=seed + 1_000 * k
                ),
                "separation": float(silhouette_score(distances, own, metric="precomputed"))
                if 1 < len(np.unique(own)) < len(own)
                else -1.0,
                "within_share": inertia(sample, centers) / around_mean if around_mean else 0.0,
                "smallest_share": smallest_share(nearest_labels(values, centers), k),
            }
        )
    return pd.DataFrame(rows)


def rank_candidates(
    measured: pd.DataFrame,
    *,
    min_share: float,
    min_stability: float,
    tolerance: float,
    previous_k: int | None = None,
) -> tuple[pd.DataFrame, list[int]]:
    """Say which candidates are eligible, and in which order to try them.

    A candidate is eligible when its smallest cluster reaches ``min_share`` and its stability
    ``min_stability`` (or, when none is that stable, when it is the most stable of those large enough). Among
    the eligible, those whose separation is within ``tolerance`` of the best count as equally good, and the
    largest of them comes first, because more segments can be treated more differently; the others follow by
    separation. The previous version's k has twice the tolerance, and half the distance to full stability
    more room: changing the number of segments overnight costs readers more than a slightly better index
    brings.

    Args:
        measured: The frame of ``measure_candidates``.
        min_share: Smallest share of customers a cluster may have, 0-1.
        min_stability: Smallest mean adjusted Rand index.
        tolerance: Difference of silhouettes that does not matter.
        previous_k: Number of clusters of the last version.

    Returns:
        ``measured`` with a boolean ``eligible``, and the eligible k in order of preference (may be empty).
    """
    large = measured["smallest_share"] >= min_share
    bar = min_stability
    if large.any() and not (large & (measured["stability"] >= bar)).any():
        bar = float(measured.loc[large, "stability"].max())
    before = measured["k"] == previous_k
    eligible = large & (measured["stability"] >= np.where(before, bar - (1 - bar) / 2, bar))
    table = measured.assign(eligible=eligible)
    candidates = table[eligible]
    if candidates.empty:
        return table, []
    best = float(candidates["separation"].max())
    keys: dict[int, tuple[int, float]] = {}
    for k, separation in zip(candidates["k"], candidates["separation"], strict=True):
        if k == previous_k and separation >= best - 2 * tolerance:
            keys[int(k)] = (0, 0.0)
        elif separation >= best - tolerance:
            keys[int(k)] = (1, -float(k))
        else:
            keys[int(k)] = (2, -float(separation))
    return table, sorted(keys, key=lambda k: keys[k])


def choose_centers(
    values: np.ndarray,
    free: np.ndarray,
    drawn: slice | np.ndarray,
    *,
    candidates: Sequence[int],
    repeats: int,
    min_share: float,
    min_stability: float,
    tolerance: float,
    max_outlier_share: float,
    min_outliers: int,
    warm: np.ndarray | None,
    seed: int,
) -> Chosen:
    """Return the centres of the best k whose clusters are all large enough, and the table of candidates.

    Rows that are outliers are found with the centres of all rows and left out of the final ones, one step of
    trimmed k-means (Cuesta-Albertos, Gordaliza & Matran 1997).

    Args:
        values: All prepared rows in a fixed order, shape (n, p); they polish the result.
        free: The same rows with nothing winsorised, in which outliers are as far away as they are, shape (n, p).
        drawn: The rows the fit starts from.
        candidates: Numbers of clusters to try.
        repeats: Subsamples per candidate.
        min_share: Smallest share of customers in a cluster, 0-1.
        min_stability: Smallest mean adjusted Rand index.
        tolerance: Difference of silhouettes that does not matter.
        max_outlier_share: Largest share of rows that may be outliers, 0-1.
        min_outliers: Fewest outliers that are a segment; fewer are left out of the centres all the same.
        warm: Centres of the last version, shape (m, p). For k = m the fit continues from them unless a fresh
            start is more than 1 % better, so that customers do not move without a reason.
        seed: Seed of every draw.

    Raises:
        NoEligibleClustersError: Every k has a cluster below ``min_share``.
    """
    sample = values[drawn]
    measured = measure_candidates(sample, candidates, repeats=repeats, starts=STARTS, seed=seed)
    table, ranked = rank_candidates(
        measured,
        min_share=min_share,
        min_stability=min_stability,
        tolerance=tolerance,
        previous_k=None if warm is None else len(warm),
    )
    for k in ranked:
        centers = polish_centers(sample, fit_centers(sample, k, seed=seed, starts=2 * STARTS))
        if warm is not None and len(warm) == k:
            continued = polish_centers(sample, warm)
            if inertia(sample, continued) <= inertia(sample, centers) * (1 + WARM_START_SLACK):
                centers = continued
        distances = nearest_distances(free, centers)
        like_others = distances <= outlier_limit(distances, max_share=max_outlier_share)
        if len(values) > len(sample) or not like_others.all():
            centers = polish_centers(values[like_others], centers)
        distances = nearest_distances(free, centers)
        limit = outlier_limit(distances, max_share=max_outlier_share)
        apart = bool((distances > limit).sum() >= max(min_outliers, 1))
        counted = values[distances <= limit] if apart else values
        counts = np.bincount(nearest_labels(counted, centers), minlength=k)
        if counts.min() / len(values) >= min_share:
            chosen = table.assign(chosen=table["k"] == k)[list(K_SELECTION_COLUMNS)]
            return Chosen(centers=centers, table=chosen, limit=limit, apart=apart)
        # The final fit is the one that counts: a k whose cluster shrank below the limit is out after all.
        table.loc[table["k"] == k, "eligible"] = False
    shares = ", ".join(f"{row.k}: {row.smallest_share:.1%}" for row in measured.itertuples())
    raise NoEligibleClustersError(
        "every number of clusters leaves one too small",
        expected=f"a k in {min(candidates)}-{max(candidates)} with every cluster >= {min_share:.0%}",
        found=f"smallest cluster by k: {shares}",
        fix="try more numbers of clusters, lower min_share, or look for duplicated rows in the features",
    )
