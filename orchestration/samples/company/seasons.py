"""When people buy: weekdays, the weeks before Christmas, sales and the hours of a day.

Belongs here: the rhythm of each kind, with mean 1 over the period. Does not belong here: who buys how often.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from orchestration.samples.company.kinds import KINDS
from orchestration.samples.company.randomness import Floats, Ints, choose_by_row
from orchestration.samples.company.world import DAYS, FIRST_DAY

# Monday to Sunday.
_CONSUMER_WEEK = (1.04, 0.98, 0.96, 0.97, 0.93, 0.94, 1.18)
_BUSINESS_WEEK = (1.42, 1.48, 1.44, 1.34, 1.00, 0.14, 0.18)
# Hours 0 to 23.
_CONSUMER_HOURS = (6, 3, 2, 1, 1, 2, 6, 14, 22, 28, 32, 33, 36, 34, 32, 31, 33, 37, 42, 52, 60, 56, 36, 16)
_BUSINESS_HOURS = (0.3, 0.1, 0.1, 0.1, 0.2, 1, 5, 22, 52, 66, 64, 52, 36, 46, 52, 48, 36, 20, 8, 5, 4, 4, 2, 1)


@lru_cache(maxsize=1)
def cumulated_rhythm() -> Floats:
    """Per kind, the intensity summed up to the beginning of each day (kinds x days + 1); a day of mean 1 adds 1."""
    days = pd.date_range(FIRST_DAY, periods=DAYS)
    weekday = days.dayofweek.to_numpy()
    in_year = days.dayofyear.to_numpy()
    day_of_month = days.month.to_numpy() * 100 + days.day.to_numpy()
    spring = 1 + 0.10 * np.sin(2 * np.pi * (in_year - 40) / 365)
    holidays = np.where((day_of_month >= 710) & (day_of_month <= 825), 0.86, 1.0)
    festive = np.where((day_of_month >= 1224) & (day_of_month <= 1227), 0.35, 1.0)
    black_week = np.where((day_of_month >= 1122) & (day_of_month <= 1130), 1.0, 0.0)
    january = np.where((day_of_month >= 102) & (day_of_month <= 120), 1.0, 0.0)
    advent = np.clip((day_of_month - 1105) / 15, 0, 1) * (day_of_month <= 1219)
    mothers = (day_of_month >= 501) & (day_of_month <= 512)
    daily = np.empty((len(KINDS), DAYS))
    for number, kind in enumerate(KINDS):
        week = np.array(_BUSINESS_WEEK if kind.business else _CONSUMER_WEEK)[weekday]
        christmas = 1 + (kind.christmas - 1) * advent
        sales = 1 + (0.6 + 1.2 * kind.code_share) * black_week * (not kind.business) + 0.8 * kind.code_share * january
        gifts = np.where(mothers, 1 + 0.25 * (kind.christmas - 1), 1.0)
        daily[number] = week * spring * holidays * festive * christmas * sales * gifts
    daily *= DAYS / daily.sum(axis=1, keepdims=True)
    return np.c_[np.zeros(len(KINDS)), np.cumsum(daily, axis=1)]


def rhythm_until(kind: Ints, day: Floats) -> Floats:
    """The summed intensity of a kind from the beginning of the period to a point in time, in days."""
    sums = cumulated_rhythm()
    at = np.clip(day, 0, DAYS)
    whole = np.minimum(at.astype(np.int64), DAYS - 1)
    return sums[kind, whole] + (at - whole) * (sums[kind, whole + 1] - sums[kind, whole])


def day_at(kind: Ints, intensity: Floats) -> Ints:
    """The day on which a kind's summed intensity is reached."""
    sums = cumulated_rhythm()
    flat = (sums + np.arange(len(KINDS))[:, None] * 2 * DAYS).ravel()
    found = np.searchsorted(flat, intensity + kind * 2 * DAYS, side="right") - 1 - kind * (DAYS + 1)
    return np.clip(found, 0, DAYS - 1)


def second_of_day(draw: np.random.Generator, business: np.ndarray) -> Ints:
    """A second of the local day."""
    hours = np.array([_CONSUMER_HOURS, _BUSINESS_HOURS], dtype=float)
    hour = choose_by_row(draw, hours, business.astype(np.int64))
    return hour * 3600 + draw.integers(0, 3600, len(hour))
