"""Which as-of dates may teach, tune and judge a model, with the horizon respected.

Belongs here: splits over the dates of a panel. Does not belong here: learning, metrics, how often a model is
learnt again.

The outcome of date T is known on T + horizon. A model that is used on date D has seen rows of T only if
T + horizon <= D; the same holds between its parts, so that what tunes it is later than what taught it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from ml.errors import NotEnoughHistoryError
from ml.panels import AS_OF, CUSTOMER, customer_hash

# Shares of customers where the history is too short to keep the parts apart by dates.
TRAIN_SHARE, STOPPING_SHARE = 0.7, 0.15


@dataclass(frozen=True, kw_only=True)
class PanelParts:
    """Rows of a panel by what they are used for.

    Attributes:
        train: Rows the trees learn from.
        stopping: Rows that say when to stop.
        calibration: Rows on which the scores become probabilities or amounts.
    """

    train: pd.DataFrame
    stopping: pd.DataFrame
    calibration: pd.DataFrame

    def known(self) -> pd.DataFrame:
        """Return the rows of all parts: what a baseline, which needs no tuning, may learn from."""
        return pd.concat([self.train, self.stopping, self.calibration])


@dataclass(frozen=True, kw_only=True)
class TimeSplit:
    """Dates by what they are used for.

    Attributes:
        used_on: Date on which the model is used; nothing later is known to it.
        horizon_days: Length of the outcome window.
        train_dates: Oldest dates.
        stopping_dates: Dates in between.
        calibration_dates: Newest dates.
        apart: ``dates`` where no outcome window of one part reaches into the next; ``customers`` where the
            history was too short for that and the parts are different customers of the same dates.
    """

    used_on: pd.Timestamp
    horizon_days: int
    train_dates: tuple[pd.Timestamp, ...]
    stopping_dates: tuple[pd.Timestamp, ...]
    calibration_dates: tuple[pd.Timestamp, ...]
    apart: Literal["dates", "customers"]

    def parts(self, panel: pd.DataFrame) -> PanelParts:
        """Return the rows of each part, in the order of ``panel``."""
        dates = pd.to_datetime(panel[AS_OF])
        masks = [dates.isin(part) for part in (self.train_dates, self.stopping_dates, self.calibration_dates)]
        if self.apart == "customers":
            position = (customer_hash(panel[CUSTOMER], seed=1) >> np.uint64(11)).astype(np.float64) / 2.0**53
            edges = (0.0, TRAIN_SHARE, TRAIN_SHARE + STOPPING_SHARE, 1.0)
            masks = [
                mask & (position >= low) & (position < high)
                for mask, low, high in zip(masks, edges[:-1], edges[1:], strict=True)
            ]
        return PanelParts(train=panel[masks[0]], stopping=panel[masks[1]], calibration=panel[masks[2]])


def newest_complete_dates(
    as_of_dates: Iterable[object], *, horizon_days: int, known_until: object, count: int = 1
) -> tuple[pd.Timestamp, ...]:
    """Return the newest dates whose outcome window is over: the dates a model is judged on.

    Args:
        as_of_dates: Dates of the panel; repeated ones count once.
        horizon_days: Length of the outcome window.
        known_until: Last date of which the events are known.
        count: How many dates.

    Returns:
        ``count`` dates, oldest first.

    Raises:
        NotEnoughHistoryError: Fewer dates are complete.
    """
    complete = [date for date in _sorted(as_of_dates) if date + _days(horizon_days) <= _date(known_until)]
    if len(complete) < count:
        raise _too_short(f"{count} dates whose {horizon_days} days are over", len(complete), horizon_days)
    return tuple(complete[-count:])


def split_for_use(
    as_of_dates: Iterable[object],
    *,
    used_on: object,
    horizon_days: int,
    stopping_count: int = 1,
    calibration_count: int = 1,
    min_train_count: int = 1,
    embargo_days: int = 0,
    by_customers_if_short: bool = True,
) -> TimeSplit:
    """Return what a model used on a date may learn from.

    For a backtest ``used_on`` is the first of ``newest_complete_dates``; for tonight's model it is tonight.
    Parts are kept apart as in purged cross-validation with an embargo (Lopez de Prado 2018, chapter 7): a row
    of an earlier part has its outcome before the first date of the next.

    Args:
        as_of_dates: Dates of the panel; repeated ones count once.
        used_on: First date on which the model predicts.
        horizon_days: Length of the outcome window, at least 1.
        stopping_count: Dates of the part that says when to stop.
        calibration_count: Dates of the part that calibrates.
        min_train_count: Fewest dates to learn from.
        embargo_days: Further days between an outcome window and what follows.
        by_customers_if_short: Where the dates do not suffice, keep the parts apart by customers instead.

    Returns:
        The split; ``apart`` says which of the two it is.

    Raises:
        NotEnoughHistoryError: Not even one date's outcome is known by ``used_on``.
    """
    dates = _sorted(as_of_dates)
    gap = _days(horizon_days + embargo_days)
    known = [date for date in dates if date + gap <= _date(used_on)]
    calibration = known[-calibration_count:]
    before = [date for date in known if date + gap <= calibration[0]]
    stopping = before[-stopping_count:]
    train = [date for date in before if date + gap <= stopping[0]]
    complete = len(calibration) == calibration_count and len(stopping) == stopping_count
    if complete and len(train) >= max(1, min_train_count):
        return TimeSplit(
            used_on=_date(used_on),
            horizon_days=horizon_days,
            train_dates=tuple(train),
            stopping_dates=tuple(stopping),
            calibration_dates=tuple(calibration),
            apart="dates",
        )
    if not known or not by_customers_if_short:
        needed = stopping_count + calibration_count + max(1, min_train_count)
        raise _too_short(f"{needed} dates in three parts, {horizon_days} days apart", len(known), horizon_days)
    return TimeSplit(
        used_on=_date(used_on),
        horizon_days=horizon_days,
        train_dates=tuple(known),
        stopping_dates=tuple(known),
        calibration_dates=tuple(known),
        apart="customers",
    )


def _date(value: object) -> pd.Timestamp:
    return pd.Timestamp(value).normalize()  # type: ignore[arg-type]


def _sorted(values: Iterable[object]) -> list[pd.Timestamp]:
    return sorted({_date(value) for value in values})


def _days(count: int) -> pd.Timedelta:
    return pd.Timedelta(days=count)


def _too_short(expected: str, found: int, horizon_days: int) -> NotEnoughHistoryError:
    return NotEnoughHistoryError(
        "The history is too short for this horizon",
        expected=expected,
        found=f"{found} dates with a complete outcome",
        fix=f"wait for more history, or ask for less than {horizon_days} days ahead",
    )
