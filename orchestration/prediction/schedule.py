"""On which dates models are learnt, and which dates each of them serves.

Belongs here: origins and the dates between them. Does not belong here: learning.

A prediction for a past date comes from a model that knew nothing later than that date, or the scorecard of schemes
would praise hindsight. A model for each date would cost a night's time twenty times over, so that models are learnt at
a few origins and each serves the dates up to the next one. Origins are set by the calendar and not by tonight, because
an origin that moves every month would let every past prediction move with it.
"""

from __future__ import annotations

import calendar
import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable


def origins(dates: Iterable[dt.date], *, tonight: dt.date, refit_months: int) -> tuple[dt.date, ...]:
    """Return the dates on which a model is learnt: every ``refit_months``-th month end, and tonight.

    Args:
        dates: Evaluated dates.
        tonight: The night.
        refit_months: Months between two origins; with 6 they are the ends of June and December.

    Returns:
        Ascending; tonight is the last.
    """
    past = sorted(date for date in set(dates) if date < tonight)
    due = [date for date in past if _is_month_end(date) and (date.year * 12 + date.month) % refit_months == 0]
    return (*due, tonight)


def origin_of(date: dt.date, origins_with_model: Iterable[dt.date], *, tonight: dt.date) -> dt.date | None:
    """Return the newest origin that may serve a date: one of that date or earlier; None where there is none.

    Tonight's model serves tonight only.
    """
    usable = sorted(origin for origin in origins_with_model if origin != tonight or date == tonight)
    place = bisect_right(usable, date)
    return usable[place - 1] if place else None


def _is_month_end(date: dt.date) -> bool:
    return date.day == calendar.monthrange(date.year, date.month)[1]
