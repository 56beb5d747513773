"""Which single change of something that can be changed would move a customer's prediction across a threshold.

Belongs here: ``what_would_move``. Does not belong here: what causes what; a model that has only watched cannot know, so
this is what customers who differ in one thing are predicted, not a promise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.errors import ModelInputError
from ml.frames import feature_matrix


@dataclass(frozen=True, kw_only=True)
class Move:
    """One change that would be enough.

    Attributes:
        feature: What changes.
        from_value: The customer's value.
        to_value: The nearest value that suffices, one that other customers have.
        prediction: The prediction then.
        step: Share of the customers between the two values: how long the way is.
    """

    feature: str
    from_value: float
    to_value: float
    prediction: float
    step: float


def what_would_move(
    predict: Callable[[pd.DataFrame], np.ndarray],
    customer: pd.DataFrame,
    others: pd.DataFrame,
    *,
    actionable: Mapping[str, int],
    threshold: float,
    grid: int = 19,
) -> list[Move]:
    """Return the single changes that take the prediction to the other side of the threshold, shortest way first.

    Only values between the 5th and 95th percentile of the other customers are tried, only in the direction declared,
    and a change counts only if all values further on suffice as well: a lone dent in the model is no advice.

    Args:
        predict: The model's prediction of a frame's rows.
        customer: The customer's one row.
        others: Training rows, for the values that occur.
        actionable: Numeric feature to 1 (it can be raised), -1 (lowered) or 0 (either).
        threshold: Value of the prediction to cross.
        grid: Values tried per feature.

    Returns:
        At most one change per feature; empty where no single change suffices.

    Raises:
        ModelInputError: ``customer`` is not one row, or a feature cannot be used.
    """
    if len(customer) != 1:
        raise ModelInputError(
            "what_would_move: one customer at a time",
            expected="a frame of one row",
            found=f"{len(customer)} rows",
            fix="pass panel.loc[[row]]",
        )
    is_above = bool(predict(customer)[0] >= threshold)
    moves = []
    for name, direction in actionable.items():
        now = float(feature_matrix(customer, [name], owner="what_would_move")[0, 0])
        values = feature_matrix(others, [name], owner="what_would_move")[:, 0]
        values = np.sort(values[~np.isnan(values)])
        if np.isnan(now) or not len(values):
            continue
        tried = np.unique(np.quantile(values, np.linspace(0.05, 0.95, grid), method="nearest"))
        for sign, side in ((1, tried[tried > now]), (-1, tried[tried < now][::-1])):
            if direction not in (0, sign) or not len(side):
                continue
            rows = customer.loc[customer.index.repeat(len(side))].assign(**{name: side})
            predicted = predict(rows)
            crossed = (predicted >= threshold) != is_above
            # Position after the last value that does not suffice.
            first = int(len(side) - np.argmin(crossed[::-1])) if not crossed.all() else 0
            if first < len(side):
                between = np.searchsorted(values, sorted((now, side[first])), side="right")
                moves.append(
                    Move(
                        feature=name,
                        from_value=now,
                        to_value=float(side[first]),
                        prediction=float(predicted[first]),
                        step=float((between[1] - between[0]) / len(values)),
                    )
                )
    moves.sort(key=lambda move: (move.step, move.feature, move.to_value))
    best: dict[str, Move] = {}
    for move in moves:
        best.setdefault(move.feature, move)
    return list(best.values())
