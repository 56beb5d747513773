"""Calendar months as the periods of a series.

Belongs here: which months are over, where a category's series begins. Does not belong here: forecasts.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

# A category whose first sale of all is later in its month has not been sold for the whole of it.
_BEGINS_BY_DAY = 7


@dataclass(frozen=True, kw_only=True)
class Series:
    """The months of a category that are over.

    Attributes:
        units: Units sold by month, oldest first, 0 where none were, shape (n,).
        begins: First day of the first month.
        units_so_far: Units of the month of tonight if it is not over, else 0.
    """

    units: np.ndarray
    begins: dt.date
    units_so_far: float

    def month_of(self, period: int) -> dt.date:
        """Return the first day of a month, counted from 0."""
        return months_after(self.begins, period)


def months_after(month: dt.date, months: int) -> dt.date:
    """Return the first day of the month so many months after one."""
    years, place = divmod(month.year * 12 + month.month - 1 + months, 12)
    return dt.date(years, place + 1, 1)


def last_whole_month(tonight: dt.date) -> dt.date:
    """Return the first day of the newest month that is over when tonight is."""
    is_over = tonight.day == calendar.monthrange(tonight.year, tonight.month)[1]
    return months_after(tonight.replace(day=1), 0 if is_over else -1)


def series_of(months: pd.DataFrame, *, tonight: dt.date) -> dict[str, Series]:
    """Return the series of every category that was sold for a whole month.

    A series begins with the month of the first sale, or the one after if that was later than the 7th: the months before
    are not months without demand, and what is left of a month is no month.

    Args:
        months: One row per category and month with sales: category_code, unit_count, first_sale_date, month_date.
        tonight: The night; later months are not looked at.
    """
    last = last_whole_month(tonight)
    found = {}
    for code, rows in months.groupby("category_code", sort=True):
        sold = {pd.Timestamp(row["month_date"]).date(): float(row["unit_count"]) for row in rows.to_dict("records")}
        first_sale = pd.Timestamp(rows["first_sale_date"].min()).date()
        begins = months_after(first_sale.replace(day=1), int(first_sale.day > _BEGINS_BY_DAY))
        length = (last.year - begins.year) * 12 + last.month - begins.month + 1
        if length < 1:
            continue
        units = np.array([sold.get(months_after(begins, period), 0.0) for period in range(length)])
        so_far = sold.get(months_after(last, 1), 0.0)
        # A correction may leave less than nothing; nothing is the least that can be asked for.
        found[str(code)] = Series(units=np.maximum(units, 0.0), begins=begins, units_so_far=max(0.0, so_far))
    return found
