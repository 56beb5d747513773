"""Answers as numbers: scales as they are, options as positions in a learnt list; and both in words.

Belongs here: the coding of a frame of answers and its way back. Does not belong here: who is left out
(``answer_matrix``), classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ml.errors import ModelInputError
from ml.frames import feature_matrix
from ml.surveys.class_naming import Statement, plain_words, scale_statement

Options = tuple[tuple[str, ...], ...]


def learn_options(X: pd.DataFrame, features: Sequence[str]) -> Options:
    """Return the options of each item that somebody chose, as text, sorted."""
    return tuple(tuple(sorted(map(str, X[name].dropna().unique()))) if name in X else () for name in features)


def encode_answers(X: pd.DataFrame, features: Sequence[str], options: Options, *, owner: str) -> np.ndarray:
    """Return the answers as floats, shape (n, p), NaN where missing.

    Args:
        X: One row per respondent.
        features: The p items.
        options: Options of each item, to be given as positions; empty where items are on scales. An option that
            nobody chose at fit says nothing about a class and counts as missing.
        owner: Name of the estimator, for the error text.

    Raises:
        ModelInputError: An item is absent or, on a scale, not numeric.
    """
    if not options:
        return feature_matrix(X, features, owner=owner)
    absent = [name for name in features if name not in X.columns]
    if absent:
        raise ModelInputError(
            f"{owner}: item {absent[0]!r} is not in the table",
            expected=f"the columns {', '.join(features)}",
            found=f"{len(absent)} absent: {', '.join(absent)}",
            fix="add the columns, or fit again with the items that exist",
        )
    columns = []
    for name, listed in zip(features, options, strict=True):
        positions = {option: float(position) for position, option in enumerate(listed)}
        answers = X[name]
        known = answers.notna().to_numpy(dtype=bool)
        columns.append([positions.get(str(a), np.nan) if k else np.nan for a, k in zip(answers, known, strict=True)])
    return np.array(columns, dtype=np.float64).reshape(len(features), len(X)).T


def stated_answers(
    features: Sequence[str], options: Options, row: np.ndarray, position: int
) -> tuple[str, float | None]:
    """Return how an answer is told as a reason: the feature, and its value where it is a number."""
    if not options:
        return features[position], float(row[position])
    return f"{features[position]}={options[position][int(row[position])]}", None


def profile_statements(
    features: Sequence[str], options: Options, statements: Mapping[str, Statement]
) -> list[Statement]:
    """Return what the columns of a class's profile say: one per item on a scale, or one per option.

    Args:
        features: Items.
        options: Options of each item; empty for scales.
        statements: Words by item; an option's are made of its own label and its item's aspect.
    """
    if not options:
        return [
            statements.get(name) or scale_statement(item=name, text=None, construct=None, is_reversed=False)
            for name in features
        ]
    told = []
    for name, listed in zip(features, options, strict=True):
        about = statements[name].aspect if name in statements else plain_words(name)
        told += [
            Statement(
                aspect=f"{about}: {plain_words(option)}",
                high=f"answer \u201c{option}\u201d to {about}",
                low=f"do not answer \u201c{option}\u201d to {about}",
            )
            for option in listed
        ]
    return told
