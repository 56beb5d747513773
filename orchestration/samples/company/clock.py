"""The company's local time as seconds, and how systems write times.

Belongs here: from wall-clock seconds of the period to instants and texts. Does not belong here: when things happen.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from orchestration.samples.company.randomness import Flags, Ints
from orchestration.samples.company.text import Text
from orchestration.samples.company.world import FIRST_DAY, TIME_ZONE

DAY = 86_400
_EPOCH_SECOND = int(pd.Timestamp(FIRST_DAY).timestamp())


def instants(second: Ints) -> Ints:
    """Unix seconds of local wall-clock seconds since the period began.

    An hour that the clock skips is taken as the one after it, one that comes twice as its second time.
    """
    return _localised(second)[0]


def offset_text(second: Ints, missing: Flags) -> Text:
    """Local times with their offset, ``2024-01-05 10:00:00 +0100``; none where ``missing``."""
    instant, wall = _localised(np.where(missing, 0, second))
    text = np.char.replace(np.datetime_as_string(wall.astype("datetime64[s]"), unit="s"), "T", " ")
    return pa.array(np.char.add(text, np.where(wall - instant == 7200, " +0200", " +0100")), mask=np.asarray(missing))


def local_text(second: Ints) -> Text:
    """Local times without an offset, ``2024-01-05 10:00:00``; none that the clocks skipped."""
    wall = _localised(second)[1].astype("datetime64[s]")
    return pa.array(np.char.replace(np.datetime_as_string(wall, unit="s"), "T", " "))


def utc_text(instant: Ints, missing: np.ndarray | None = None, *, milliseconds: bool = True) -> Text:
    """Unix seconds as ISO 8601 in UTC, ``2024-01-05T09:00:00.000Z``; none where ``missing``."""
    text = np.datetime_as_string(np.asarray(instant, np.int64).astype("datetime64[s]"), unit="s")
    return pa.array(np.char.add(text, ".000Z" if milliseconds else "Z"), mask=missing)


def _localised(second: Ints) -> tuple[Ints, Ints]:
    """Unix seconds, and the wall clock as if it were UTC."""
    wall = pd.DatetimeIndex((np.asarray(second, np.int64) + _EPOCH_SECOND).astype("datetime64[s]"))
    local = wall.tz_localize(TIME_ZONE, ambiguous=np.zeros(len(wall), bool), nonexistent="shift_forward")
    utc, shown = local.tz_convert("UTC").tz_localize(None), local.tz_localize(None)
    return tuple(index.to_numpy().astype("datetime64[s]").astype(np.int64) for index in (utc, shown))  # type: ignore[return-value]
