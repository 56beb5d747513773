"""How a source writes numbers and times.

Belongs here: the declared notation, and the days on which a zone's clocks skip an hour. Does not belong here: reading
values in that notation (column_sql.py), other options of files.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from functools import lru_cache

FIRST_YEAR, LAST_YEAR = 1970, 2100


@dataclass(frozen=True, kw_only=True)
class Notation:
    """What a source declares about its texts.

    Attributes:
        decimal: The decimal sign, a dot or a comma.
        thousands: The sign between groups of three digits; empty for none.
        date_format: strptime format of dates that are not ISO 8601, or None.
        timestamp_format: strptime format of times that are not ISO 8601, or None.
        time_zone: IANA zone in which times without an offset are meant.
    """

    decimal: str = "."
    thousands: str = ""
    date_format: str | None = None
    timestamp_format: str | None = None
    time_zone: str = "UTC"

    @property
    def is_plain(self) -> bool:
        """Whether numbers are written as SQL writes them."""
        return self.decimal == "." and not self.thousands


PLAIN = Notation()


@lru_cache(maxsize=32)
def days_with_skipped_hours(time_zone: str) -> tuple[str, ...]:
    """Days from 1970 to 2100 (YYYY-MM-DD) on which clocks were put forward, so that some local times never were.

    Args:
        time_zone: IANA name.
    """
    zone = zoneinfo.ZoneInfo(time_zone)
    found: set[str] = set()
    day = dt.datetime(FIRST_YEAR, 1, 1, tzinfo=zone)
    before = day.utcoffset()
    while day.year <= LAST_YEAR:
        following = day + dt.timedelta(days=1)
        offset = following.utcoffset()
        if offset is not None and before is not None and offset > before:
            # Seen between two midnights; a jump at midnight itself belongs to the later day.
            found |= {day.date().isoformat(), following.date().isoformat()}
        day, before = following, offset
    return tuple(sorted(found))
