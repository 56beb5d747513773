"""Boosted trees as plain arrays: score, leaves, and a document that runs nothing when it is read.

Belongs here: everything that touches the insides of scikit-learn's trees, so that a new version of it is looked at in
one place. Does not belong here: learning, features by name, probabilities.

The document is read by code that walks arrays without checking limits, so ``from_parameters`` checks every index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from sklearn.ensemble._hist_gradient_boosting.common import PREDICTOR_RECORD_DTYPE
from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor

MAX_LEVELS = 255
CHUNK_ROWS = 100_000
# The result does not depend on the threads, the time does: on two cores shared with other work, two threads wait for
# each other and took 62 CPU seconds for 36 trees on 85,000 rows.
THREADS = 1


class TreeEnsemble:
    """A constant plus the sum of trees.

    Args:
        constant: Score before any tree.
        trees: Node arrays, one per tree, root first and every node after its parent.
        category_sets: One array per tree, shape (sets, 8), uint32: the levels that go left, as bits.
        level_counts: Levels of each text column; they are the first columns.
        feature_count: Columns in all.
    """

    def __init__(
        self,
        *,
        constant: float,
        trees: Sequence[np.ndarray],
        category_sets: Sequence[np.ndarray],
        level_counts: Sequence[int],
        feature_count: int,
    ) -> None:
        self.constant = constant
        self.trees = tuple(trees)
        self.category_sets = tuple(category_sets)
        self.level_counts = tuple(level_counts)
        self.feature_count = feature_count

    @classmethod
    def from_estimator(cls, estimator: Any, *, level_counts: Sequence[int], tree_count: int) -> Self:
        """Return the first ``tree_count`` trees of a fitted HistGradientBoosting model with one tree per round.

        Its text columns must come first and be coded 0, 1, ... without gaps, so that its own coding changes nothing.
        """
        predictors = [round_[0] for round_ in estimator._predictors[:tree_count]]
        return cls(
            constant=float(np.ravel(estimator._baseline_prediction)[0]),
            trees=[predictor.nodes for predictor in predictors],
            category_sets=[predictor.raw_left_cat_bitsets for predictor in predictors],
            level_counts=level_counts,
            feature_count=int(estimator.n_features_in_),
        )

    def raw_score(self, X: np.ndarray) -> np.ndarray:
        """Return the constant plus the leaves of all trees, shape (n,), on the scale of the loss's link.

        The trees are added in their order, as scikit-learn does, so the result is the same to the last bit.
        """
        score = np.full(len(X), self.constant)
        for nodes, sets in zip(self.trees, self.category_sets, strict=True):
            score += self._walk(nodes, sets, X)
        return score

    def leaves(self, X: np.ndarray) -> np.ndarray:
        """Return the node in which each row ends, shape (n, trees), int32."""
        ends = np.empty((len(X), len(self.trees)), dtype=np.int32)
        for number, (nodes, sets) in enumerate(zip(self.trees, self.category_sets, strict=True)):
            numbered = nodes.copy()
            numbered["value"] = np.arange(len(nodes))
            ends[:, number] = self._walk(numbered, sets, X)
        return ends

    def to_parameters(self) -> dict[str, Any]:
        """Return the trees as plain JSON types; an infinite threshold (missing goes right alone) is None."""
        return {
            "constant": self.constant,
            "level_counts": list(self.level_counts),
            "feature_count": self.feature_count,
            "trees": [_tree_to_lists(nodes, sets) for nodes, sets in zip(self.trees, self.category_sets, strict=True)],
        }

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Rebuild an ensemble from ``to_parameters()``.

        Raises:
            KeyError: A part is absent.
            TypeError: A part is of another type.
            ValueError: An index points outside its tree, or a number is not finite.
        """
        level_counts = [_whole(count, MAX_LEVELS + 1) for count in parameters["level_counts"]]
        feature_count = _whole(parameters["feature_count"], 2**31)
        if len(level_counts) > feature_count or not np.isfinite(parameters["constant"]):
            raise ValueError("more text columns than columns, or no finite constant")
        built = [_tree_from_lists(lists, level_counts, feature_count) for lists in parameters["trees"]]
        return cls(
            constant=float(parameters["constant"]),
            trees=[nodes for nodes, _ in built],
            category_sets=[sets for _, sets in built],
            level_counts=level_counts,
            feature_count=feature_count,
        )

    def _walk(self, nodes: np.ndarray, sets: np.ndarray, X: np.ndarray) -> np.ndarray:
        known = np.zeros((len(self.level_counts), 8), dtype=np.uint32)
        for position, count in enumerate(self.level_counts):
            known[position] = _bits(range(count))
        column_of = np.zeros(self.feature_count, dtype=np.uint32)
        column_of[: len(self.level_counts)] = np.arange(len(self.level_counts))
        predictor = TreePredictor(nodes, sets, sets)
        return np.asarray(predictor.predict(X, known, column_of, THREADS))


def _tree_to_lists(nodes: np.ndarray, sets: np.ndarray) -> dict[str, list[Any]]:
    is_leaf = nodes["is_leaf"].astype(bool)
    levels: list[list[int] | None] = [
        _levels(sets[node["bitset_idx"]]) if node["is_categorical"] and not node["is_leaf"] else None for node in nodes
    ]
    return {
        "left": np.where(is_leaf, 0, nodes["left"]).tolist(),
        "right": np.where(is_leaf, 0, nodes["right"]).tolist(),
        "feature": np.where(is_leaf, 0, nodes["feature_idx"]).tolist(),
        "threshold": [float(t) if np.isfinite(t) else None for t in nodes["num_threshold"]],
        "missing_left": nodes["missing_go_to_left"].astype(int).tolist(),
        "levels_left": levels,
        "value": nodes["value"].tolist(),
        "rows": nodes["count"].tolist(),
    }


def _tree_from_lists(
    lists: Mapping[str, Sequence[Any]], level_counts: Sequence[int], feature_count: int
) -> tuple[np.ndarray, np.ndarray]:
    size = len(lists["left"])
    if not size or any(len(lists[name]) != size for name in ("right", "feature", "threshold", "value", "rows")):
        raise ValueError("lists of a tree differ in length")
    nodes = np.zeros(size, dtype=PREDICTOR_RECORD_DTYPE)
    sets: list[np.ndarray] = []
    reached = np.zeros(size, dtype=np.int64)
    reached[0] = 1
    for number in range(size):
        node = nodes[number]
        node["value"], node["count"] = float(lists["value"][number]), _whole(lists["rows"][number], 2**32)
        left, right = _whole(lists["left"][number], size), _whole(lists["right"][number], size)
        if left == right == 0:
            node["is_leaf"] = 1
            continue
        # Children after their parent and each of them once: no cycle, so every walk ends.
        if left <= number or right <= number or left == right:
            raise ValueError(f"node {number} does not lie before its children")
        reached[[left, right]] += 1
        feature, levels = _whole(lists["feature"][number], feature_count), lists["levels_left"][number]
        node["left"], node["right"], node["feature_idx"] = left, right, feature
        node["missing_go_to_left"] = _whole(lists["missing_left"][number], 2)
        if levels is not None:
            if feature >= len(level_counts):
                raise ValueError(f"node {number} divides the numbers of column {feature} by levels")
            node["is_categorical"], node["bitset_idx"] = 1, len(sets)
            sets.append(_bits([_whole(level, level_counts[feature]) for level in levels]))
        else:
            threshold = lists["threshold"][number]
            node["num_threshold"] = np.inf if threshold is None else float(threshold)
    if (reached != 1).any() or not np.isfinite(nodes["value"]).all() or np.isnan(nodes["num_threshold"]).any():
        raise ValueError("a tree with loose nodes or numbers that are not finite")
    return nodes, np.array(sets, dtype=np.uint32).reshape(len(sets), 8)


def _whole(value: Any, limit: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < limit:
        raise ValueError(f"{value!r} is no whole number from 0 to {limit - 1}")
    return value


def _bits(levels: Sequence[int] | range) -> np.ndarray:
    bits = np.zeros(8, dtype=np.uint32)
    for level in levels:
        bits[level // 32] |= np.uint32(1) << np.uint32(level % 32)
    return bits


def _levels(bits: np.ndarray) -> list[int]:
    return [level for level in range(256) if bits[level // 32] >> np.uint32(level % 32) & np.uint32(1)]
