"""Behavioural clusters by k-means, with codes and names that stay.

Belongs here: ``KMeansSegmenter``, which puts the steps of this folder in order. Does not belong here: the
steps themselves (preparation, selection, naming, matching), rows without a purchase history (the caller gives
them their own segment), paths, clocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from ml.base import Reason, Segmenter
from ml.clusters import kmeans_parameters
from ml.clusters.lloyd import clearness, nearest_labels, nearest_two
from ml.clusters.naming import FeatureMeaning, name_clusters, typical_values
from ml.clusters.preparation import make_preparation, unusable_features
from ml.clusters.purchase_vocabulary import PURCHASE_VOCABULARY
from ml.clusters.reasons import distance_reasons
from ml.clusters.selection import choose_centers
from ml.errors import ModelInputError, NotEnoughCustomersError
from ml.evaluation.label_matching import canonical_order, match_labels
from ml.frames import checked_index, feature_matrix

REASONS_PER_ROW = 3


class KMeansSegmenter(Segmenter):
    """Groups customers by how they buy.

    Features are imputed, unskewed, winsorised and scaled; k is chosen by stability and separation; codes are
    ``c01``, ``c02``... by descending mean of ``value_feature``, or those of the previous version's nearest
    clusters. The same rows give the same parameters to the last bit, in whatever order they come.

    Args:
        feature_names: Columns to use, in this order; default: every column but none ignored.
        value_feature: Column whose mean orders new codes; the first feature used where it is absent.
        min_k: Fewest clusters tried, at least 2.
        max_k: Most clusters tried.
        min_share: Smallest share of customers in a cluster, 0-1.
        min_stability: Mean adjusted Rand index between subsamples asked of k.
        tolerance: Difference of silhouettes that does not matter when choosing k.
        max_match_distance: Root-mean-square distance per feature, in standard deviations, at which a cluster
            is still the previous version's.
        min_customers: Fewest rows to learn from.
        balance: How far columns that say the same share one vote, 0 (not) to 1 (wholly).
        sample_size: Most rows the fit starts from; all rows polish the result.
        stability_repeats: Subsamples per k.
        vocabulary: Words for the features.
        random_state: Seed of every draw.

    Attributes:
        segments_: One row per segment, by code: segment_code, name, description, customers, share,
            value_mean (raw unit of ``value_feature``), value_share (of the total), confidence_mean.
        k_selection_: One row per k: k, stability, separation, smallest_share, eligible, chosen.
        features_: Columns used; ``notes_`` says which were dropped and why.
        preparation_: The fitted scikit-learn Pipeline.
        centers_: Prepared centroids by code, shape (k, p).
        match_distances_: Code to distance from the previous version's centroid, None for a new code.
        learnt_from_: Digest of the rows and settings; learning the same again gives the previous version back.
        retired_: Codes given up, with their names; they are never given to another cluster.
    """

    def __init__(
        self,
        *,
        feature_names: Sequence[str] | None = None,
        value_feature: str = "net_revenue_365d_amount",
        min_k: int = 3,
        max_k: int = 8,
        min_share: float = 0.02,
        min_stability: float = 0.8,
        tolerance: float = 0.04,
        max_match_distance: float = 0.6,
        min_customers: int = 100,
        balance: float = 0.25,
        sample_size: int = 50_000,
        stability_repeats: int = 8,
        vocabulary: Sequence[FeatureMeaning] = PURCHASE_VOCABULARY,
        random_state: int = 0,
    ) -> None:
        self.feature_names = feature_names
        self.value_feature = value_feature
        self.min_k = min_k
        self.max_k = max_k
        self.min_share = min_share
        self.min_stability = min_stability
        self.tolerance = tolerance
        self.max_match_distance = max_match_distance
        self.min_customers = min_customers
        self.balance = balance
        self.sample_size = sample_size
        self.stability_repeats = stability_repeats
        self.vocabulary = vocabulary
        self.random_state = random_state

    def fit(self, X: pd.DataFrame, y: None = None, *, previous: Mapping[str, Any] | None = None) -> Self:
        """Learn clusters from one row per customer with a purchase history.

        Args:
            X: Numeric features indexed by customer_id; NaN allowed, infinities not.
            y: Ignored.
            previous: ``to_parameters()`` of the last version; its codes and names carry over.

        Returns:
            The fitted segmenter.

        Raises:
            NotEnoughCustomersError: Fewer rows than ``min_customers``.
            ModelInputError: A column or setting cannot be used.
            NoEligibleClustersError: Every k has a cluster below ``min_share``.
        """
        self._check_settings()
        index = checked_index(X, owner="KMeansSegmenter")
        names = list(self.feature_names if self.feature_names is not None else X.columns)
        raw = feature_matrix(X, names, owner="KMeansSegmenter")
        if len(X) < self.min_customers:
            raise NotEnoughCustomersError(
                "KMeansSegmenter: too few customers to learn clusters from",
                expected=f"at least {self.min_customers} rows (min_customers)",
                found=f"{len(X)} rows",
                fix="wait for more customers with a purchase, or keep the last version's clusters",
            )
        # Sorted before anything random, so that the order of the rows cannot matter.
        order = np.argsort(index.to_numpy(), kind="stable")
        raw = raw[order]
        self.learnt_from_ = kmeans_parameters.fingerprint(self, raw, index[order], names)
        if previous is not None and previous.get("learnt_from") == self.learnt_from_:
            # Learning the same rows again must change nothing; a warm start would still shift a few of them.
            self.__dict__.update(kmeans_parameters.from_parameters(type(self), previous).__dict__)
            return self
        rng = np.random.default_rng(self.random_state)
        drawn: slice | np.ndarray = slice(None)
        if len(raw) > self.sample_size:
            drawn = np.sort(rng.choice(len(raw), size=self.sample_size, replace=False))
        unusable = unusable_features(raw[drawn], names, tail=self.min_share)
        used = [j for j, name in enumerate(names) if name not in unusable]
        if not used:
            raise ModelInputError(
                "KMeansSegmenter: no feature tells customers apart",
                expected="at least one column that varies",
                found="; ".join(f"{name}: {reason}" for name, reason in unusable.items()),
                fix="check the features table; it may be empty or filled with defaults",
            )
        self.notes_ = tuple(f"{name} left out: {reason}" for name, reason in unusable.items())
        self.feature_names_in_ = np.array(names, dtype=object)
        self.n_features_in_ = len(names)
        self.features_ = tuple(names[j] for j in used)
        raw = raw[:, used]
        self.preparation_ = make_preparation(tail=self.min_share, balance=self.balance).fit(raw[drawn])
        values = self.preparation_.transform(raw)
        warm = kmeans_parameters.previous_centers(previous, self) if previous is not None else None
        with threadpool_limits(limits=1):
            centers, self.k_selection_ = choose_centers(
                values,
                values[drawn],
                candidates=range(self.min_k, self.max_k + 1),
                repeats=self.stability_repeats,
                min_share=self.min_share,
                min_stability=self.min_stability,
                tolerance=self.tolerance,
                warm=warm,
                seed=self.random_state,
            )
        self._label(raw, values, centers, previous, warm)
        return self

    def _check_settings(self) -> None:
        if not (2 <= self.min_k <= self.max_k and 0 < self.min_share <= 1 / self.min_k):
            raise ModelInputError(
                "KMeansSegmenter: the range of k and min_share cannot both hold",
                expected="2 <= min_k <= max_k and 0 < min_share <= 1 / min_k",
                found=f"min_k={self.min_k}, max_k={self.max_k}, min_share={self.min_share}",
                fix="correct the settings",
            )

    def _label(
        self,
        raw: np.ndarray,
        values: np.ndarray,
        centers: np.ndarray,
        previous: Mapping[str, Any] | None,
        warm: np.ndarray | None,
    ) -> None:
        """Give clusters their codes and names, and fill ``segments_``."""
        labels = nearest_labels(values, centers)
        value = raw[:, self.features_.index(self.value_feature) if self.value_feature in self.features_ else 0]
        value = np.nan_to_num(value)
        k = len(centers)
        counts = np.bincount(labels, minlength=k)
        sums = np.bincount(labels, weights=value, minlength=k)
        order = canonical_order(sums / counts, centers)
        codes = [segment["segment_code"] for segment in previous["segments"]] if previous is not None else []
        match = match_labels(
            self._per_feature(centers),
            self._per_feature(warm if warm is not None else np.zeros((len(codes), centers.shape[1]))),
            codes,
            # No feature in common with the last version: nothing can be called the same.
            max_distance=self.max_match_distance if warm is not None else 0.0,
            next_number=previous["next_code_number"] if previous is not None else 1,
            order=order,
        )
        kept = kmeans_parameters.kept_names(match, centers, previous, self)
        typical = typical_values(raw, labels, k)
        named = name_clusters(
            typical,
            self.features_,
            self.vocabulary,
            order=order,
            reserved=[name for name, _ in kept.values()],
        )
        raw_centers = self.preparation_.inverse_transform(centers)
        nearest = nearest_two(values, centers)
        sure = np.bincount(labels, weights=clearness(nearest), minlength=k) / counts
        rows = [
            {
                "segment_code": match.codes[i],
                "name": kept[i][0] if i in kept else named[i].name,
                "description": named[i].description,
                "customers": int(counts[i]),
                "share": float(counts[i] / len(raw)),
                "value_mean": float(sums[i] / counts[i]),
                "value_share": float(sums[i] / sums.sum()) if sums.sum() else 0.0,
                "confidence_mean": float(sure[i]),
            }
            for i in range(k)
        ]
        by_code = sorted(range(k), key=lambda i: (len(match.codes[i]), match.codes[i]))
        self.segments_ = pd.DataFrame([rows[i] for i in by_code])
        self.centers_ = centers[by_code]
        self.named_centers_ = np.array([kept[i][1] if i in kept else raw_centers[i] for i in by_code])
        self.match_distances_ = {match.codes[i]: match.distances[i] for i in by_code}
        self.next_code_number_ = match.next_number
        self.retired_ = kmeans_parameters.retired_segments(match, previous)
        self.n_customers_ = len(raw)

    def _per_feature(self, centers: np.ndarray) -> np.ndarray:
        """Return centres so that a root mean square over columns is in (weighted) standard deviations."""
        weight = self.preparation_.named_steps["scale"].weight_
        return centers * np.sqrt(len(weight) / (weight**2).sum())

    def _prepared(self, X: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        check_is_fitted(self, "centers_")
        checked_index(X, owner="KMeansSegmenter")
        raw = feature_matrix(X, self.features_, owner="KMeansSegmenter")
        return raw, self.preparation_.transform(raw)

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the code of the nearest centroid for each row, shape (n,), strings.

        Raises:
            ModelInputError: A feature used at fit is absent or unusable.
        """
        _, values = self._prepared(X)
        return self.segments_["segment_code"].to_numpy(dtype=object)[nearest_labels(values, self.centers_)]

    def fit_predict(self, X: pd.DataFrame, y: None = None) -> np.ndarray:
        """Fit, then return the codes of the same rows."""
        return self.fit(X).predict(X)

    def confidence(self, X: pd.DataFrame) -> np.ndarray:
        """Return ``1 - d1 / d2`` of the distances to the nearest and second nearest centroid, shape (n,).

        0 on the border between two clusters, 1 on a centroid. It is a measure of clearness, not a
        probability: the simplified silhouette of Hruschka, de Castro & Campello (2004).
        """
        _, values = self._prepared(X)
        return clearness(nearest_two(values, self.centers_))

    def explain(self, X: pd.DataFrame) -> list[list[Reason]]:
        """Return the three features that decide most between a row's centroid and the next one.

        See ``distance_reasons`` for the formula of the effect. Values are raw, None where missing.
        """
        raw, values = self._prepared(X)
        return distance_reasons(raw, values, self.centers_, self.features_, count=REASONS_PER_ROW)

    def to_parameters(self) -> dict[str, Any]:
        """Return settings and everything learnt as plain JSON types; see ``kmeans_parameters``."""
        check_is_fitted(self, "centers_")
        return kmeans_parameters.to_parameters(self)

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted segmenter.

        Raises:
            ParameterFormatError: The document is not one of this format and version, or is damaged.
        """
        return kmeans_parameters.from_parameters(cls, parameters)
