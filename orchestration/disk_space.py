"""A full disk, whoever runs into it first, as an error that says so.

Belongs here: recognising it among the errors of the system, DuckDB and SQLite. Does not belong here: how errors
reach a person (``failures``, ``console``).
"""

from __future__ import annotations

import errno
from collections.abc import Iterator

from orchestration.errors import TesseraError

_NUMBERS = frozenset({errno.ENOSPC, errno.EDQUOT})
# As the system (and DuckDB after it) and SQLite say it.
_WORDS = ("no space left on device", "disk quota exceeded", "database or disk is full")
# SQLite says no more than this where its shared memory cannot grow, or the disk is broken.
_UNSURE = "disk i/o error"


class DiskFullError(TesseraError):
    """There is no room left to write to (exit code 2)."""


def disk_full(error: BaseException) -> DiskFullError | None:
    """Return the error to show where a full disk is the cause of an error, None where it is not."""
    for cause in _causes(error):
        text = str(cause).lower()
        if (isinstance(cause, OSError) and cause.errno in _NUMBERS) or any(words in text for words in _WORDS):
            where = getattr(cause, "filename", None)
            return _told("the disk is full" + (f": {where} could not be written" if where else ""), cause)
        if _UNSURE in text:
            return _told("the disk cannot be written to: it is full, or broken", cause)
    return None


def _told(what: str, cause: BaseException) -> DiskFullError:
    return DiskFullError(
        what,
        expected="room for the warehouse, what it spills beside it, and one more version",
        found=(str(cause).strip().splitlines() or [type(cause).__name__])[0][:300],
        fix="make room (df -h; fewer publish: keep_versions, dbt/ and warehouse.duckdb may be deleted) and run the "
        "night again; the version before stays served",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
