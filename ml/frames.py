"""From a frame of features to a checked array, with errors that name the column.

Belongs here: the checks every estimator makes on its input (index, columns, types, infinities). Does not
belong here: imputing, scaling or anything learnt from data (see the estimator's own preparation).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from ml.errors import ModelInputError


def checked_index(X: pd.DataFrame, *, owner: str) -> pd.Index:
    """Return the customer index after asserting that it identifies rows.

    Args:
        X: Features, one row per customer, index = customer_id.
        owner: Name of the estimator, for the error text.

    Returns:
        The index of ``X``, shape (n,).

    Raises:
        ModelInputError: ``X`` is no frame, or a customer_id is missing or repeated.
    """
    if not isinstance(X, pd.DataFrame):
        raise ModelInputError(
            f"{owner}: the features are not a table",
            expected="a pandas DataFrame indexed by customer_id",
            found=type(X).__name__,
            fix="pass pd.DataFrame(values, index=customer_ids, columns=feature_names)",
        )
    if X.index.hasnans:
        raise ModelInputError(
            f"{owner}: a customer_id is missing",
            expected="a customer_id on every row",
            found=f"{np.count_nonzero(X.index.isna())} rows without one",
            fix="drop those rows or repair the identity step",
        )
    if not X.index.is_unique:
        repeated = X.index[X.index.duplicated()].unique()
        raise ModelInputError(
            f"{owner}: customers appear more than once",
            expected="one row per customer_id",
            found=f"{len(repeated)} repeated, for example {', '.join(map(repr, repeated[:3]))}",
            fix="pass the rows of one as_of_date only, or aggregate them first",
        )
    return X.index


def feature_matrix(X: pd.DataFrame, feature_names: Sequence[str], *, owner: str) -> np.ndarray:
    """Return the named columns as floats, missing values as NaN.

    Args:
        X: Features, one row per customer; further columns are ignored.
        feature_names: Columns to take, in this order.
        owner: Name of the estimator, for the error text.

    Returns:
        Array of shape (n, len(feature_names)), dtype float64, NaN where missing, never infinite.

    Raises:
        ModelInputError: A column is absent, repeated, not numeric, or holds an infinity.
    """
    columns = []
    for name, column in _single_columns(X, feature_names, owner=owner):
        if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_complex_dtype(column.dtype):
            raise ModelInputError(
                f"{owner}: feature {name!r} is not numeric",
                expected="an integer, float or boolean column",
                found=f"dtype {column.dtype}",
                fix="cast it (decimals to double) or leave it out of feature_names",
            )
        values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        infinite = np.isinf(values)
        if infinite.any():
            raise ModelInputError(
                f"{owner}: feature {name!r} holds an infinite value",
                expected="finite numbers, or missing",
                found=f"{int(infinite.sum())} infinite, first at customer_id {X.index[infinite.argmax()]!r}",
                fix="look for a division by zero where the feature is made",
            )
        columns.append(values)
    return np.column_stack(columns) if columns else np.empty((len(X), 0))


def level_frame(X: pd.DataFrame, feature_names: Sequence[str], *, owner: str) -> pd.DataFrame:
    """Return the named columns as levels: strings, None where missing.

    Args:
        X: Features, one row per customer; further columns are ignored.
        feature_names: Columns to take, in this order.
        owner: Name of the estimator, for the error text.

    Returns:
        Frame of shape (n, len(feature_names)) with the index of ``X``.

    Raises:
        ModelInputError: A column is absent, repeated, or holds numbers with a fraction.
    """
    levels = {}
    for name, column in _single_columns(X, feature_names, owner=owner):
        if pd.api.types.is_float_dtype(column.dtype):
            raise ModelInputError(
                f"{owner}: categorical feature {name!r} holds numbers",
                expected="a column of text, categories, whole numbers or booleans",
                found=f"dtype {column.dtype}",
                fix="take it among the numeric features, or band it",
            )
        known = column.notna()
        levels[name] = column.astype(str).astype(object).where(known, None)
    return pd.DataFrame(levels, index=X.index, columns=list(feature_names), dtype=object)


def _single_columns(X: pd.DataFrame, feature_names: Sequence[str], *, owner: str) -> Iterator[tuple[str, pd.Series]]:
    absent = [name for name in feature_names if name not in X.columns]
    if absent:
        raise ModelInputError(
            f"{owner}: feature {absent[0]!r} is not in the table",
            expected=f"the columns {', '.join(feature_names)}",
            found=f"{len(absent)} absent: {', '.join(absent)}",
            fix="add the columns, or fit again with the features that exist",
        )
    for name in feature_names:
        column = X[name]
        if isinstance(column, pd.DataFrame):
            raise ModelInputError(
                f"{owner}: feature {name!r} appears more than once",
                expected="distinct column names",
                found=f"{column.shape[1]} columns of that name",
                fix="drop or rename the repeated columns",
            )
        yield name, column
