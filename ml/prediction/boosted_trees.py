"""What the boosted classifier and the boosted regressor share: rows, features, trees, document.

Belongs here: ``BoostedTrees``, the part that knows neither probabilities nor amounts. Does not belong here: the insides
of scikit-learn's trees (``tree_ensemble``), what a score means (the two estimators).
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from ml.errors import ModelInputError, NotEnoughOutcomesError, ParameterFormatError
from ml.evaluation.time_splits import PanelParts
from ml.panels import KEYS, canonical_rows, checked_panel, outcome_values, row_hash
from ml.prediction.feature_encoding import FeatureEncoder
from ml.prediction.tree_ensemble import CHUNK_ROWS, MAX_LEVELS, THREADS, TreeEnsemble

FORMAT_VERSION = 1


class BoostedTrees(BaseEstimator, ABC):
    """Histogram gradient boosting (Friedman 2001; Ke et al. 2017) that is the same whatever the order of the rows.

    Rows are drawn by a hash of their keys and sorted by their keys before anything is learnt. Each round's loss is
    watched on later rows; the trees up to the best round are kept.

    Args:
        feature_names: Columns to learn from: numbers with NaN, or text.
        outcome_name: Column to predict; rows where it is missing are left out.
        learning_rate: Part of each tree that is added.
        max_trees: Most rounds.
        patience: Rounds without a gain after which to stop.
        max_leaves: Most leaves of a tree.
        min_leaf_rows: Fewest rows of a leaf.
        l2: Penalty on leaf values.
        max_rows: Most rows to learn from, and to watch the loss on.
        max_levels: Most levels of a text column.
        monotone: Numeric feature to 1 (more of it never lowers the score) or -1 (never raises it).
        keys: Columns that identify a row.
        random_state: Seed of the draw and of the bins.

    Attributes:
        encoder_: Fitted ``FeatureEncoder``; ``encoder_.dropped_`` says which features were not used.
        trees_: ``TreeEnsemble``.
        rows_: Rows learnt from.
        learnt_from_: Digest of those rows and the settings.
    """

    format_name: ClassVar[str]

    def __init__(
        self,
        *,
        feature_names: Sequence[str],
        outcome_name: str,
        learning_rate: float = 0.06,
        max_trees: int = 300,
        patience: int = 15,
        max_leaves: int = 24,
        min_leaf_rows: int = 60,
        l2: float = 1.0,
        max_rows: int = 200_000,
        max_levels: int = 60,
        monotone: Mapping[str, int] | None = None,
        keys: Sequence[str] = KEYS,
        random_state: int = 0,
    ) -> None:
        self.feature_names = feature_names
        self.outcome_name = outcome_name
        self.learning_rate = learning_rate
        self.max_trees = max_trees
        self.patience = patience
        self.max_leaves = max_leaves
        self.min_leaf_rows = min_leaf_rows
        self.l2 = l2
        self.max_rows = max_rows
        self.max_levels = max_levels
        self.monotone = monotone
        self.keys = keys
        self.random_state = random_state

    def raw_score(self, X: pd.DataFrame) -> np.ndarray:
        """Return the trees' score on the scale of the link (log odds, log amount), shape (n,)."""
        check_is_fitted(self, "trees_")
        parts = [self.trees_.raw_score(encoded) for encoded in self.encoded_chunks(X)]
        return np.concatenate(parts) if parts else np.empty(0)

    def encoded_chunks(self, X: pd.DataFrame) -> Iterator[np.ndarray]:
        """Yield the encoded features a chunk of rows at a time, so that memory stays bounded."""
        check_is_fitted(self, "trees_")
        for start in range(0, len(X), CHUNK_ROWS):
            yield self.encoder_.transform(X.iloc[start : start + CHUNK_ROWS])

    def to_parameters(self) -> dict[str, Any]:
        """Return all that was learnt as plain JSON types."""
        check_is_fitted(self, "trees_")
        settings = self.get_params() | {
            "feature_names": list(self.feature_names),
            "monotone": dict(self.monotone) if self.monotone is not None else None,
            "keys": list(self.keys),
        }
        return {
            "format": self.format_name,
            "format_version": FORMAT_VERSION,
            "settings": settings,
            "rows": self.rows_,
            "learnt_from": self.learnt_from_,
            "encoder": self.encoder_.to_parameters(),
            "trees": self.trees_.to_parameters(),
        } | self._link_to_parameters()

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild a fitted model from ``to_parameters()`` without executing anything.

        Raises:
            ParameterFormatError: It is another document, of another version, or a damaged one.
        """
        try:
            found = (parameters["format"], parameters["format_version"])
            if found != (cls.format_name, FORMAT_VERSION):
                raise ValueError(f"format {found[0]!r}, version {found[1]!r}")
            model = cls(**parameters["settings"])
            model.rows_ = int(parameters["rows"])
            model.learnt_from_ = str(parameters["learnt_from"])
            model.encoder_ = FeatureEncoder.from_parameters(parameters["encoder"])
            model.trees_ = TreeEnsemble.from_parameters(parameters["trees"])
            model._link_from_parameters(parameters)
            counts = tuple(len(levels) for levels in model.encoder_.levels_.values())
            if (counts, len(model.encoder_.names_)) != (model.trees_.level_counts, model.trees_.feature_count):
                raise ValueError("trees of other columns")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ParameterFormatError(
                f"{cls.__name__}: these are not its parameters",
                expected=f"a document of format {cls.format_name!r}, version {FORMAT_VERSION}",
                found=f"{type(error).__name__}: {error}",
                fix="learn the model again",
            ) from error
        return model

    @abstractmethod
    def _link_to_parameters(self) -> dict[str, Any]:
        """Return what turns a score into a prediction, as plain JSON types."""

    @abstractmethod
    def _link_from_parameters(self, parameters: Mapping[str, Any]) -> None:
        """Take what turns a score into a prediction."""

    def _known_rows(self, panel: pd.DataFrame, *, part: str, limit: int | None) -> tuple[pd.DataFrame, np.ndarray]:
        """Return the rows with an outcome in the order of their keys, at most ``limit`` of them, and the outcomes."""
        owner = type(self).__name__
        panel = checked_panel(panel, owner=f"{owner} ({part})", keys=self.keys)
        known = ~np.isnan(outcome_values(panel, self.outcome_name, owner=owner))
        panel = panel[known]
        if limit is not None and len(panel) > limit:
            # By row, not by customer: rows of one customer repeat each other, more customers teach more.
            hashes = row_hash(panel, keys=self.keys, seed=self.random_state)
            panel = panel[hashes <= np.partition(hashes, limit - 1)[limit - 1]]
        if panel.empty:
            raise NotEnoughOutcomesError(
                f"{owner}: no outcome is known in the {part} rows",
                expected=f"rows with {self.outcome_name!r}",
                found=f"{len(known)} rows without it",
                fix="pass rows whose horizon is complete",
            )
        panel = panel.iloc[canonical_rows(panel, keys=self.keys)]
        return panel, outcome_values(panel, self.outcome_name, owner=owner)

    def _fit_trees(self, estimator_class: type, parts: PanelParts, **loss: Any) -> None:
        train, y = self._known_rows(parts.train, part="training", limit=self.max_rows)
        stopping, y_stopping = self._known_rows(parts.stopping, part="stopping", limit=self.max_rows)
        self._check_outcome(y, part="training")
        self._check_outcome(y_stopping, part="stopping")
        encoder = FeatureEncoder(feature_names=tuple(self.feature_names), max_levels=min(self.max_levels, MAX_LEVELS))
        encoder.fit(train)
        X = encoder.transform(train)
        texts = len(encoder.levels_)
        monotone = self._checked_monotone(encoder)
        signs = [0] * texts + [int(monotone.get(name, 0)) for name in encoder.names_[texts:]]
        estimator = estimator_class(
            learning_rate=self.learning_rate,
            max_iter=self.max_trees,
            max_leaf_nodes=self.max_leaves,
            min_samples_leaf=self.min_leaf_rows,
            l2_regularization=self.l2,
            categorical_features=list(range(texts)) or None,
            monotonic_cst=signs,
            early_stopping=True,
            n_iter_no_change=self.patience,
            scoring="loss",
            tol=0.0,
            random_state=self.random_state,
            **loss,
        )
        with threadpool_limits(limits=THREADS):
            estimator.fit(X, y, X_val=encoder.transform(stopping), y_val=y_stopping)
        # validation_score_[i] is the score after i trees.
        best = int(np.argmax(estimator.validation_score_))
        self.encoder_ = encoder
        self.trees_ = TreeEnsemble.from_estimator(
            estimator, level_counts=[len(levels) for levels in encoder.levels_.values()], tree_count=best
        )
        self.rows_ = len(train)
        digest = hashlib.sha256(repr(sorted(self.get_params().items())).encode())
        digest.update(repr(encoder.to_parameters()).encode())
        for array in (X, y):
            digest.update(np.ascontiguousarray(array).tobytes())
        self.learnt_from_ = digest.hexdigest()

    def _checked_monotone(self, encoder: FeatureEncoder) -> dict[str, int]:
        monotone = dict(self.monotone or {})
        for name, sign in monotone.items():
            if name not in self.feature_names or name in encoder.levels_ or sign not in (-1, 1):
                raise ModelInputError(
                    f"{type(self).__name__}: {name!r} cannot be monotone",
                    expected="a numeric feature and 1 or -1",
                    found=f"{sign!r} for {'a text column' if name in encoder.levels_ else name}",
                    fix="name one of feature_names that is a number",
                )
        return monotone

    @abstractmethod
    def _check_outcome(self, y: np.ndarray, *, part: str) -> None:
        """Raise ``ModelInputError`` unless the outcomes of a part can be learnt from."""
