"""Behavioural clusters by k-means, with codes and names that stay.

Belongs here: ``KMeansSegmenter``, which puts the steps of this folder in order. Does not belong here: the
steps themselves (design, preparation, selection, membership, naming, matching), whether to learn anew
(``refitting``), rows without a purchase history (the caller gives them their own segment), paths, clocks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from ml.base import Reason, Segmenter
from ml.clusters import kmeans_parameters
from ml.clusters.design import Design
from ml.clusters.found_clusters import describe_clusters
from ml.clusters.lloyd import clearness, nearest_labels, nearest_two
from ml.clusters.membership import measure_membership, membership_share
from ml.clusters.mixed_preparation import MixedPreparation
from ml.clusters.naming import FeatureMeaning
from ml.clusters.preparation import unusable_features, unusable_levels
from ml.clusters.purchase_vocabulary import PURCHASE_VOCABULARY
from ml.clusters.reasons import membership_effects, outlier_effects, strongest_reasons
from ml.clusters.selection import STABILITY_ROWS, STARTS, bounded_sample, choose_centers, nearest_distances
from ml.errors import ModelInputError, NotEnoughCustomersError
from ml.evaluation.drift import DriftReference
from ml.frames import checked_index, feature_matrix, level_frame

REASONS_PER_ROW = 3


class _Rows(NamedTuple):
    """Rows in the columns of the design, and prepared with and without winsorising."""

    numbers: pd.DataFrame
    words: pd.DataFrame
    table: np.ndarray
    bounded: np.ndarray
    free: np.ndarray


class Judged(NamedTuple):
    """Customers as fitted clusters see them.

    Attributes:
        shares: Share of the customers in each cluster, shape (k,).
        unlike_share: Share who are unlike every cluster, whether or not they are a segment.
        members: Prepared rows of those in a cluster, by customer_id, shape (m, q).
    """

    shares: np.ndarray
    unlike_share: float
    members: np.ndarray


class KMeansSegmenter(Segmenter):
    """Groups customers by how they buy.

    Numbers are imputed, unskewed, winsorised and scaled, levels become weighted indicators; k is chosen by
    stability and separation; codes are ``c01``, ``c02``... by descending mean of ``value_feature``, or those of
    the previous version's nearest clusters. Customers unlike every cluster are ``outliers`` and pull no centre.
    The same rows give the same parameters to the last bit, in whatever order they come.

    Args:
        feature_names: Numeric columns, in this order; default: every column that is not categorical.
        categorical_features: Columns of text or categories.
        value_feature: Column whose mean orders new codes; the first numeric feature used where it is absent.
        min_k: Fewest clusters tried, at least 2.
        max_k: Most clusters tried.
        min_share: Smallest share of customers in a cluster, 0-1.
        max_outlier_share: Largest share of customers that may be outliers at the fit; 0 for none.
        min_outliers: Fewest outliers kept apart as a segment. Fewer could be shown to nobody, and would take a
            cluster with them where small segments are folded together; they pull no centre all the same.
        min_stability: Mean adjusted Rand index between subsamples asked of k.
        tolerance: Difference of silhouettes that does not matter when choosing k.
        max_match_distance: Root-mean-square distance per feature, in standard deviations, at which a cluster
            is still the previous version's.
        min_customers: Fewest rows to learn from.
        balance: How far numbers that say the same share one vote, 0 (not) to 1 (wholly).
        categorical_weight: What a categorical feature counts beside a number (see ``MixedPreparation``).
        sample_size: Most rows the fit starts from; all rows polish the result.
        stability_repeats: Subsamples per k.
        membership_repeats: Resamples by which membership is judged.
        vocabulary: Words for the features.
        random_state: Seed of every draw.

    Attributes:
        segments_: One row per segment, by code, ``outliers`` last: segment_code, name, description, customers,
            share, value_mean (raw unit of ``value_feature``), value_share (of the total), confidence_mean,
            recovery (mean Jaccard coefficient with resampled clusterings, 0 for outliers).
        k_selection_: One row per k: k, stability, separation, within_share, smallest_share, eligible, chosen.
        agreement_: Mean adjusted Rand index of clusterings of resampled customers with these clusters.
        features_: Features used; ``notes_`` says which were dropped and why.
        preparation_: The fitted ``MixedPreparation``.
        centers_: Prepared centroids by code, shape (k, q).
        unlike_limit_: Distance from the nearest centroid beyond which a customer is unlike every cluster.
        outlier_limit_: The same where such customers are a segment of their own, infinity where they are too few.
        drift_reference_: Frozen bins of every feature at the fit.
        match_distances_: Code to distance from the previous version's centroid, None for a new code.
        learnt_from_: Digest of the rows and settings; learning the same again gives the previous version back.
        retired_: Codes given up, with their names; they are never given to another cluster.
    """

    def __init__(
        self,
        *,
        feature_names: Sequence[str] | None = None,
        categorical_features: Sequence[str] = (),
        value_feature: str = "net_revenue_365d_amount",
        min_k: int = 3,
        max_k: int = 8,
        min_share: float = 0.02,
        max_outlier_share: float = 0.01,
        min_outliers: int = 10,
        min_stability: float = 0.8,
        tolerance: float = 0.04,
        max_match_distance: float = 0.6,
        min_customers: int = 100,
        balance: float = 0.25,
        categorical_weight: float = 0.5,
        sample_size: int = 50_000,
        stability_repeats: int = 8,
        membership_repeats: int = 20,
        vocabulary: Sequence[FeatureMeaning] = PURCHASE_VOCABULARY,
        random_state: int = 0,
    ) -> None:
        self.feature_names = feature_names
        self.categorical_features = categorical_features
        self.value_feature = value_feature
        self.min_k = min_k
        self.max_k = max_k
        self.min_share = min_share
        self.max_outlier_share = max_outlier_share
        self.min_outliers = min_outliers
        self.min_stability = min_stability
        self.tolerance = tolerance
        self.max_match_distance = max_match_distance
        self.min_customers = min_customers
        self.balance = balance
        self.categorical_weight = categorical_weight
        self.sample_size = sample_size
        self.stability_repeats = stability_repeats
        self.membership_repeats = membership_repeats
        self.vocabulary = vocabulary
        self.random_state = random_state

    def fit(self, X: pd.DataFrame, y: None = None, *, previous: Mapping[str, Any] | None = None) -> Self:
        """Learn clusters from one row per customer with a purchase history.

        Args:
            X: Features indexed by customer_id; missing values allowed, infinities not.
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
        numbers, words = self._all_features(X)
        if len(X) < self.min_customers:
            raise NotEnoughCustomersError(
                "KMeansSegmenter: too few customers to learn clusters from",
                expected=f"at least {self.min_customers} rows (min_customers)",
                found=f"{len(X)} rows",
                fix="wait for more customers with a purchase, or keep the last version's clusters",
            )
        self.learnt_from_ = kmeans_parameters.fingerprint(self, numbers, words)
        if previous is not None and previous.get("learnt_from") == self.learnt_from_:
            # Learning the same rows again must change nothing; a warm start would still shift a few of them.
            self.__dict__.update(kmeans_parameters.from_parameters(type(self), previous).__dict__)
            return self
        drawn = bounded_sample(len(X), self.sample_size, seed=self.random_state)
        rows = self._prepare_for_fit(numbers, words, drawn)
        warm = kmeans_parameters.previous_centers(previous, self) if previous is not None else None
        with threadpool_limits(limits=1):
            chosen = choose_centers(
                rows.bounded,
                rows.free,
                drawn,
                candidates=range(self.min_k, self.max_k + 1),
                repeats=self.stability_repeats,
                min_share=self.min_share,
                min_stability=self.min_stability,
                tolerance=self.tolerance,
                max_outlier_share=self.max_outlier_share,
                min_outliers=self.min_outliers,
                warm=warm,
                seed=self.random_state,
            )
            self.k_selection_ = chosen.table
            self.unlike_limit_ = chosen.limit
            self.outlier_limit_ = chosen.limit if chosen.apart else float("inf")
            is_member = nearest_distances(rows.free, chosen.centers) <= self.outlier_limit_
            members = rows.bounded[is_member]
            membership = measure_membership(
                members[bounded_sample(len(members), STABILITY_ROWS, seed=self.random_state)],
                chosen.centers,
                repeats=self.membership_repeats,
                starts=STARTS,
                seed=self.random_state,
            )
        self.agreement_ = membership.agreement
        self.confidence_curve_ = (membership.clearness, membership.shares)
        labels = np.where(is_member, nearest_labels(rows.bounded, chosen.centers), -1)
        sure = self._sureness(rows, chosen.centers, labels)
        described = describe_clusters(self, rows.numbers, rows.table, labels, sure, chosen.centers, previous, warm)
        self.centers_ = chosen.centers[described.order]
        self.named_centers_ = described.named_centers
        self.segments_ = described.segments.assign(recovery=[*membership.recovery[described.order].tolist(), 0.0])
        self.match_distances_ = described.match_distances
        self.next_code_number_ = described.next_code_number
        self.retired_ = described.retired
        self.n_customers_ = len(X)
        return self

    def _all_features(self, X: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the numeric and the categorical features, sorted so that the order of the rows cannot matter."""
        index = checked_index(X, owner="KMeansSegmenter")
        categorical = list(self.categorical_features)
        names = self.feature_names if self.feature_names is not None else [c for c in X.columns if c not in categorical]
        raw = feature_matrix(X, list(names), owner="KMeansSegmenter")
        words = level_frame(X, categorical, owner="KMeansSegmenter")
        order = np.argsort(index.to_numpy(), kind="stable")
        return pd.DataFrame(raw[order], index=index[order], columns=list(names)), words.iloc[order]

    def _prepare_for_fit(self, numbers: pd.DataFrame, words: pd.DataFrame, drawn: slice | np.ndarray) -> _Rows:
        names = list(numbers.columns)
        unusable = unusable_features(numbers.to_numpy()[drawn], names, tail=self.min_share)
        unusable |= unusable_levels(words.iloc[drawn], tail=self.min_share)
        self.notes_ = tuple(f"{name} left out: {reason}" for name, reason in unusable.items())
        self.feature_names_in_ = np.array([*names, *words.columns], dtype=object)
        self.n_features_in_ = len(self.feature_names_in_)
        if len(unusable) == self.n_features_in_:
            raise ModelInputError(
                "KMeansSegmenter: no feature tells customers apart",
                expected="at least one column that varies",
                found="; ".join(f"{name}: {reason}" for name, reason in unusable.items()),
                fix="check the features table; it may be empty or filled with defaults",
            )
        self.drift_reference_ = DriftReference().fit(pd.concat([numbers, words], axis=1))
        numbers = numbers[[name for name in names if name not in unusable]]
        words = words[[name for name in words.columns if name not in unusable]]
        design = Design.learn(numbers.iloc[drawn], words.iloc[drawn])
        self.features_ = design.features
        self.preparation_ = MixedPreparation(
            design=design, tail=self.min_share, balance=self.balance, categorical_weight=self.categorical_weight
        )
        table = design.table(numbers, words)
        self.preparation_.fit(table[drawn])
        values, free = self.preparation_.transform(table), self.preparation_.transform(table, bounded=False)
        return _Rows(numbers, words, table, values, free)

    def _check_settings(self) -> None:
        if not (2 <= self.min_k <= self.max_k and 0 < self.min_share <= 1 / self.min_k):
            raise ModelInputError(
                "KMeansSegmenter: the range of k and min_share cannot both hold",
                expected="2 <= min_k <= max_k and 0 < min_share <= 1 / min_k",
                found=f"min_k={self.min_k}, max_k={self.max_k}, min_share={self.min_share}",
                fix="correct the settings",
            )
        if not (0 <= self.max_outlier_share < 0.5 and self.categorical_weight > 0):
            raise ModelInputError(
                "KMeansSegmenter: a share or weight is out of range",
                expected="0 <= max_outlier_share < 0.5 and categorical_weight > 0",
                found=f"max_outlier_share={self.max_outlier_share}, categorical_weight={self.categorical_weight}",
                fix="correct the settings",
            )

    def _prepared(self, X: pd.DataFrame) -> _Rows:
        check_is_fitted(self, "centers_")
        checked_index(X, owner="KMeansSegmenter")
        design = self.preparation_.design
        raw = feature_matrix(X, design.numeric, owner="KMeansSegmenter")
        numbers = pd.DataFrame(raw, index=X.index, columns=list(design.numeric))
        words = level_frame(X, design.categorical, owner="KMeansSegmenter")
        table = design.table(numbers, words)
        values, free = self.preparation_.transform(table), self.preparation_.transform(table, bounded=False)
        return _Rows(numbers, words, table, values, free)

    def _labels(self, rows: _Rows) -> np.ndarray:
        """Return the position of each row's cluster, -1 for an outlier."""
        is_member = nearest_distances(rows.free, self.centers_) <= self.outlier_limit_
        return np.where(is_member, nearest_labels(rows.bounded, self.centers_), -1)

    def _sureness(self, rows: _Rows, centers: np.ndarray, labels: np.ndarray) -> np.ndarray:
        sure = membership_share(clearness(nearest_two(rows.bounded, centers)), *self.confidence_curve_)
        outliers = labels < 0
        sure[outliers] = 1 - self.outlier_limit_ / nearest_distances(rows.free[outliers], centers)
        return sure

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the code of the nearest centroid for each row, or ``outliers``, shape (n,), strings.

        Raises:
            ModelInputError: A feature used at fit is absent or unusable.
        """
        labels = self._labels(self._prepared(X))
        return self.segments_["segment_code"].to_numpy(dtype=object)[labels]

    def fit_predict(self, X: pd.DataFrame, y: None = None) -> np.ndarray:
        """Fit, then return the codes of the same rows."""
        return self.fit(X).predict(X)

    def confidence(self, X: pd.DataFrame) -> np.ndarray:
        """Return how surely each row belongs to its segment, shape (n,), between 0 and 1.

        Of a member: the share of clusterings of resampled customers that would put such a row into the same
        cluster, as measured at the fit for rows equally clear (``1 - d1 / d2`` of the distances to the nearest and
        second nearest centroid, the simplified silhouette of Hruschka, de Castro & Campello 2004). About a half on
        the border between two clusters. Of an outlier: ``1 - limit / distance``, 0 where it begins to be one.
        """
        rows = self._prepared(X)
        return self._sureness(rows, self.centers_, self._labels(rows))

    def assign(self, X: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return ``predict`` and ``confidence`` of each row for the work of one."""
        rows = self._prepared(X)
        labels = self._labels(rows)
        codes = self.segments_["segment_code"].to_numpy(dtype=object)[labels]
        return codes, self._sureness(rows, self.centers_, labels)

    def explain(self, X: pd.DataFrame) -> list[list[Reason]]:
        """Return the three features that decide most between a row's centroid and the next one.

        Of an outlier, those in which it is farthest from the nearest centroid. See ``membership_effects`` and
        ``outlier_effects`` for the formulas. Values are raw, None where missing.
        """
        rows = self._prepared(X)
        position = {name: i for i, name in enumerate(self.features_)}
        features = np.array([position[column.feature] for column in self.preparation_.design.columns])
        effects = membership_effects(rows.bounded, self.centers_, features)
        outliers = self._labels(rows) < 0
        effects[outliers] = outlier_effects(rows.free[outliers], self.centers_, features)
        shown = [frame[name].tolist() for frame in (rows.numbers, rows.words) for name in frame.columns]
        return strongest_reasons(shown, effects, self.features_, count=REASONS_PER_ROW)

    def input_frame(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return every feature asked for, also those left out, as they are learnt from: numbers and levels."""
        return pd.concat(self._all_features(X), axis=1)

    def judged(self, X: pd.DataFrame) -> Judged:
        """Return what is needed to say whether these clusters still hold for ``X``; rows are taken by customer_id."""
        rows = self._prepared(X.sort_index(kind="stable"))
        labels = self._labels(rows)
        unlike = nearest_distances(rows.free, self.centers_) > self.unlike_limit_
        return Judged(
            shares=np.bincount(labels[labels >= 0], minlength=len(self.centers_)) / len(X),
            unlike_share=float(unlike.mean()),
            members=rows.bounded[labels >= 0],
        )

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
