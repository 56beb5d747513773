"""Codes that stay with their cluster from one version to the next.

Belongs here: ordering clusters, matching centroids of two versions, issuing codes. Does not belong here:
clustering, scaling (both centroid arrays come in one common scale), names.

k-means numbers its clusters by chance: without this, tiny changes in the data permute every segment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment


@dataclass(frozen=True, kw_only=True)
class LabelMatch:
    """The codes of the current clusters.

    Attributes:
        codes: One code per current cluster, in the order given.
        distances: Distance to the previous centroid whose code was taken over; None for a new code.
        retired: Previous codes that no current cluster carries on, sorted.
        next_number: First number never used so far; give it to the next call.
    """

    codes: tuple[str, ...]
    distances: tuple[float | None, ...]
    retired: tuple[str, ...]
    next_number: int


def format_code(number: int, *, prefix: str = "c") -> str:
    """Return ``c01`` for 1, ``c99`` for 99, ``c100`` for 100."""
    return f"{prefix}{number:02d}"


def canonical_order(keys: np.ndarray, centroids: np.ndarray) -> np.ndarray:
    """Return cluster positions by key descending, ties by centroid coordinates.

    Args:
        keys: The declared key of each cluster (say mean revenue), shape (k,).
        centroids: Coordinates, shape (k, p), so that the order does not depend on the numbering.

    Returns:
        Positions, shape (k,).
    """
    return np.lexsort((*centroids.T[::-1], -np.asarray(keys)))


def match_labels(
    current: np.ndarray,
    previous: np.ndarray,
    previous_codes: Sequence[str],
    *,
    max_distance: float,
    next_number: int,
    order: Sequence[int] | np.ndarray,
    prefix: str = "c",
) -> LabelMatch:
    """Give each current cluster the code of the previous one it continues, or a code never used before.

    The assignment minimises the sum of distances (Kuhn 1955, Hungarian method). A pair beyond
    ``max_distance`` costs no more than staying unmatched, so one far cluster cannot push others from their
    near match.

    Args:
        current: Centroids now, shape (k, p).
        previous: Centroids of the last version in the same scale, shape (m, p).
        previous_codes: Their m codes, distinct.
        max_distance: Largest root-mean-square distance per coordinate at which a cluster is still the same.
        next_number: First number never used.
        order: Positions of ``current`` in which new codes are issued.
        prefix: Letters before the number.

    Returns:
        Codes, distances, retired codes and the next free number. The result for a cluster does not depend on
        the order of the rows of ``current`` or ``previous``.
    """
    current = np.asarray(current, dtype=np.float64)
    previous = np.asarray(previous, dtype=np.float64).reshape(len(previous_codes), current.shape[1])
    # Sorting both sides makes ties fall the same way whatever the order of the rows.
    rows = np.lexsort(current.T[::-1])
    columns = sorted(range(len(previous_codes)), key=lambda column: previous_codes[column])
    codes: list[str | None] = [None] * len(current)
    distances: list[float | None] = [None] * len(current)
    if columns:
        difference = current[rows][:, None, :] - previous[columns][None, :, :]
        distance = np.sqrt((difference**2).mean(axis=2))
        for i, j in zip(*linear_sum_assignment(np.minimum(distance, max_distance)), strict=True):
            if distance[i, j] < max_distance:
                codes[rows[i]] = previous_codes[columns[j]]
                distances[rows[i]] = float(distance[i, j])
    retired = sorted(set(previous_codes) - set(codes))
    for position in order:
        if codes[position] is None:
            codes[position] = format_code(next_number, prefix=prefix)
            next_number += 1
    return LabelMatch(
        codes=tuple(code for code in codes if code is not None),
        distances=tuple(distances),
        retired=tuple(retired),
        next_number=next_number,
    )
