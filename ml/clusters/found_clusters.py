"""What is told of clusters that were found: codes, names, descriptions, sizes.

Belongs here: giving fitted clusters their codes and words, those of the last version where they go on. Does not belong
here: finding them, the words themselves (``naming``), the parameter document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ml.clusters import kmeans_parameters
from ml.clusters.naming import joined, name_clusters, typical_shares, typical_values
from ml.evaluation.label_matching import canonical_order, match_labels

if TYPE_CHECKING:
    from ml.clusters.kmeans import KMeansSegmenter

OUTLIERS = "outliers"
OUTLIERS_NAME = "Outliers"
OUTLIERS_DESCRIPTION = "Farther from every cluster than customers are; kept apart, so that they pull no cluster."


@dataclass(frozen=True, kw_only=True)
class FoundClusters:
    """The clusters as they are told.

    Attributes:
        order: Position of each cluster among the centres given, by code.
        segments: One row per cluster by code, then the outliers.
        named_centers: By code, the centroid at which the name was given, in raw units and shares.
        match_distances: Code to distance from the previous version's centroid, None for a new code.
        next_code_number: First number never used.
        retired: Codes given up so far, with their names.
    """

    order: list[int]
    segments: pd.DataFrame
    named_centers: np.ndarray
    match_distances: dict[str, float | None]
    next_code_number: int
    retired: tuple[dict[str, str], ...]


def describe_clusters(
    model: KMeansSegmenter,
    numbers: pd.DataFrame,
    table: np.ndarray,
    labels: np.ndarray,
    sure: np.ndarray,
    centers: np.ndarray,
    previous: Mapping[str, Any] | None,
    warm: np.ndarray | None,
) -> FoundClusters:
    """Give clusters their codes and names.

    Args:
        model: The segmenter, prepared.
        numbers: Numeric features of all customers.
        table: The same customers in the columns of the design.
        labels: Position of each customer's cluster, -1 for outliers.
        sure: Confidence of each customer.
        centers: Prepared centroids, shape (k, q).
        previous: Parameters of the last version.
        warm: Its centroids in the space of ``centers``, None without a common feature.
    """
    design = model.preparation_.design
    is_member, k = labels >= 0, len(centers)
    members = labels[is_member]
    value_feature = model.value_feature if model.value_feature in design.numeric else (*design.numeric, None)[0]
    # Without any number every cluster is worth the same, and codes follow the coordinates.
    value = np.zeros(len(labels)) if value_feature is None else np.nan_to_num(numbers[value_feature].to_numpy())
    counts = np.bincount(members, minlength=k)
    sums = np.bincount(members, weights=value[is_member], minlength=k)
    order = canonical_order(sums / counts, centers)
    codes = [segment["segment_code"] for segment in previous["segments"]] if previous is not None else []
    match = match_labels(
        per_feature(model, centers),
        per_feature(model, warm if warm is not None else np.zeros((len(codes), centers.shape[1]))),
        codes,
        # No feature in common with the last version: nothing can be called the same.
        max_distance=model.max_match_distance if warm is not None else 0.0,
        next_number=previous["next_code_number"] if previous is not None else 1,
        order=order,
    )
    kept = kmeans_parameters.kept_names(match, centers, previous, model)
    # Flags of missing numbers say nothing in words.
    told = [*range(len(design.numeric)), *range(len(design.numeric) + len(design.flagged), len(design.columns))]
    columns = [design.columns[position] for position in told]
    levels = table[is_member][:, told[len(design.numeric) :]]
    typical = typical_values(table[is_member][:, : len(design.numeric)], members, k)
    named = name_clusters(
        joined(typical, typical_shares(levels, members, k)),
        [column.feature for column in columns],
        model.vocabulary,
        order=order,
        levels=[column.level for column in columns],
        reserved=[*(name for name, _ in kept.values()), OUTLIERS_NAME],
    )
    raw_centers = model.preparation_.inverse_transform(centers)
    by_code = sorted(range(k), key=lambda i: (len(match.codes[i]), match.codes[i]))
    total = float(value.sum())

    def row(code: str, name: str, description: str, whose: np.ndarray) -> dict[str, Any]:
        customers = int(whose.sum())
        return {
            "segment_code": code,
            "name": name,
            "description": description,
            "customers": customers,
            "share": float(customers / len(labels)),
            "value_mean": float(value[whose].mean()) if customers else 0.0,
            "value_share": float(value[whose].sum() / total) if total else 0.0,
            "confidence_mean": float(sure[whose].mean()) if customers else 0.0,
        }

    rows = [
        row(match.codes[i], kept[i][0] if i in kept else named[i].name, named[i].description, labels == i)
        for i in by_code
    ]
    return FoundClusters(
        order=by_code,
        segments=pd.DataFrame([*rows, row(OUTLIERS, OUTLIERS_NAME, OUTLIERS_DESCRIPTION, ~is_member)]),
        named_centers=np.array([kept[i][1] if i in kept else raw_centers[i] for i in by_code]),
        match_distances={match.codes[i]: match.distances[i] for i in by_code},
        next_code_number=match.next_number,
        retired=kmeans_parameters.retired_segments(match, previous),
    )


def per_feature(model: KMeansSegmenter, centers: np.ndarray) -> np.ndarray:
    """Return centres so that a root mean square over columns is in (weighted) standard deviations per feature."""
    return centers * np.sqrt(centers.shape[1] / model.preparation_.total_variance_)
