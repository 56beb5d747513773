"""Panels: one row per customer and as-of date, with features as known then and outcomes as seen later.

Belongs here: checks that every predictor and every evaluation makes on a panel, the one order in which its
rows are taken, and the one hash by which customers are drawn. Does not belong here: anything learnt from data.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ml.errors import ModelInputError, NotEnoughOutcomesError

CUSTOMER = "customer_id"
AS_OF = "as_of_date"
KEYS = (CUSTOMER, AS_OF)


def checked_panel(
    panel: pd.DataFrame, columns: Sequence[str] = (), *, owner: str, keys: Sequence[str] = KEYS
) -> pd.DataFrame:
    """Return the panel with ``as_of_date`` as timestamps, after asserting that its keys identify rows.

    Args:
        panel: Any frame with the key columns.
        columns: Further columns that must be there.
        owner: Name of the caller, for the error text.
        keys: Columns that identify a row.

    Returns:
        A frame of the same rows in the same order; the given one is not changed.

    Raises:
        ModelInputError: It is no frame or empty, a column is absent, or a key is missing or repeated.
    """
    if not isinstance(panel, pd.DataFrame) or panel.empty:
        is_frame = isinstance(panel, pd.DataFrame)
        raise (NotEnoughOutcomesError if is_frame else ModelInputError)(
            f"{owner}: there are no rows",
            expected=f"a frame with {', '.join(keys)}",
            found="an empty frame" if is_frame else type(panel).__name__,
            fix="pass one row per customer and as-of date",
        )
    absent = [name for name in (*keys, *columns) if name not in panel.columns]
    if absent:
        raise ModelInputError(
            f"{owner}: column {absent[0]!r} is not in the panel",
            expected=f"the columns {', '.join((*keys, *columns))}",
            found=f"{len(absent)} absent: {', '.join(absent)}",
            fix="join the features and outcomes first",
        )
    panel = panel.assign(**{AS_OF: pd.to_datetime(panel[AS_OF])})
    keyed = panel[list(keys)]
    if keyed.isna().any(axis=None):
        raise ModelInputError(
            f"{owner}: a key of the panel is missing",
            expected=f"{', '.join(keys)} on every row",
            found=f"{int(keyed.isna().any(axis=1).sum())} rows without one",
            fix="drop those rows or repair the join",
        )
    repeated = int(keyed.duplicated().sum())
    if repeated:
        raise ModelInputError(
            f"{owner}: rows of the panel are repeated",
            expected=f"one row per {', '.join(keys)}",
            found=f"{repeated} repeated",
            fix="look for a join that multiplies rows",
        )
    return panel


def canonical_rows(panel: pd.DataFrame, *, keys: Sequence[str] = KEYS) -> np.ndarray:
    """Return the row positions in the order of the keys, shape (n,).

    Everything that is random or sums floats takes rows in this order, so that the order given cannot matter.
    """
    keyed = panel[list(keys)].reset_index(drop=True)
    return keyed.sort_values(list(keys), kind="stable").index.to_numpy()


def outcome_values(panel: pd.DataFrame, outcome_name: str, *, owner: str) -> np.ndarray:
    """Return an outcome as floats, shape (n,), NaN where its horizon is not complete.

    Raises:
        ModelInputError: The column is absent, not numeric, or holds an infinity.
    """
    if outcome_name not in panel.columns:
        raise ModelInputError(
            f"{owner}: the outcome {outcome_name!r} is not in the panel",
            expected="a numeric column, missing where the horizon is not complete",
            found=f"the columns {', '.join(map(str, panel.columns[:12]))}",
            fix="join the outcomes, or name the right column",
        )
    column = panel[outcome_name]
    if not pd.api.types.is_numeric_dtype(column.dtype):
        raise ModelInputError(
            f"{owner}: the outcome {outcome_name!r} is not numeric",
            expected="a number, or 0 and 1",
            found=f"dtype {column.dtype}",
            fix="cast it to double",
        )
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(values).any():
        raise ModelInputError(
            f"{owner}: the outcome {outcome_name!r} holds an infinite value",
            expected="finite numbers, or missing",
            found=f"{int(np.isinf(values).sum())} infinite",
            fix="look for a division by zero where the outcome is made",
        )
    return values


def customer_hash(customer_ids: pd.Series | np.ndarray | Sequence[str], *, seed: int = 0) -> np.ndarray:
    """Return one 64-bit number per customer_id that depends on the id and the seed only, shape (n,), uint64.

    The ids are hashed as text by pandas (SipHash with a fixed key) and mixed with the seed by the finaliser of
    SplitMix64 (Steele, Lea & Flood 2014, figure 17).
    """
    texts = np.asarray(pd.Series(customer_ids).astype(str), dtype=object)
    return _mixed(pd.util.hash_array(texts, categorize=True), seed)


def row_hash(panel: pd.DataFrame, *, keys: Sequence[str] = KEYS, seed: int = 0) -> np.ndarray:
    """Return one 64-bit number per row that depends on its keys and the seed only, shape (n,), uint64."""
    mixed = np.zeros(len(panel), dtype=np.uint64)
    for name in keys:
        column = panel[name]
        texts = column.dt.strftime("%Y-%m-%d") if pd.api.types.is_datetime64_any_dtype(column.dtype) else column
        mixed = _mixed(mixed ^ customer_hash(texts), seed)
    return mixed


def _mixed(values: np.ndarray, seed: int) -> np.ndarray:
    mixed = values + np.uint64((0x9E3779B97F4A7C15 * (seed + 1)) % 2**64)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))
