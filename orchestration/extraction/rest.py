"""Read an API's records into the lake.

Belongs here: the order of the steps, and why no record is lost or doubled. Does not belong here: requests
(rest_session.py), paging (rest_pages.py), the cursor's notations (rest_cursor.py).

All pages together are one extract and one batch, because APIs promise no order: a cursor is believed only when every
page has been read, and never beyond the moment the first page was answered, since a record that changes during the
reading may have moved to a page that was read already. Of records with the same key the one read last is kept.

Counted pages (page, offset) shift when records are added or deleted meanwhile. Added ones come twice; deleted ones make
a record slip through between two pages. Offsets therefore overlap by one record: when the last record of a page is not
on the next one, or the total that the answers tell has changed, everything is read again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from data_contracts.contract import Contract
from orchestration.configuration.secrets import Secret
from orchestration.configuration.source_settings import RestSource
from orchestration.extraction.errors import ExtractionError
from orchestration.extraction.exact_json import at_path, write_json
from orchestration.extraction.loading import Loading
from orchestration.extraction.oversize import cut_if_too_long
from orchestration.extraction.rest_cursor import FieldCursor, Value
from orchestration.extraction.rest_pages import read_pages
from orchestration.extraction.rest_session import ApiClient
from orchestration.ingestion.loader import LoadReport

# Whole readings of an API whose records change between its pages.
READINGS = 3


@dataclass
class _Reading:
    """What one reading of all pages found; lines are numbered from 0."""

    lines: int = 0
    kept: dict[bytes, tuple[int, Value | None, bytes]] = field(default_factory=dict)
    total: int | None = None
    has_moved: bool = False
    began_at: datetime | None = None
    without_cursor: int = 0

    def digest(self, start: Value) -> str:
        """Count and sum of hashes of the records from a cursor on: the same for the same records in any order."""
        hashes = [content for _, cursor, content in self.kept.values() if cursor is not None and cursor >= start]  # type: ignore[operator]
        return f"{len(hashes)}:{sum(int.from_bytes(content) for content in hashes) % 2**128:032x}"

    @property
    def cursors(self) -> list[Value]:
        return [cursor for _, cursor, _ in self.kept.values() if cursor is not None]


def load_endpoint(loading: Loading, source: RestSource, secret: Secret | None) -> list[LoadReport]:
    """Read what is new at an endpoint, or everything when it has no cursor, and load it.

    Returns:
        The report of the new batch; none when nothing is new.

    Raises:
        ExtractionError: The API could not be read as declared; nothing was committed.
    """
    zone = ZoneInfo(loading.options.time_zone)
    cursor = FieldCursor(source.cursor, source.overlap_minutes, zone) if source.cursor else None
    last = loading.last() if cursor else None
    committed = cursor.parse(last.cursor) if cursor and last else None
    parameters: dict[str, Any] = dict(source.parameters)
    if source.paging.size is not None and source.paging.size_parameter is not None:
        parameters[source.paging.size_parameter] = source.paging.size
    if cursor and source.cursor and committed is not None:
        parameters[source.cursor.parameter] = cursor.written(cursor.start(committed))
    with loading.folder() as folder:
        path = folder / f"{loading.contract.name}.jsonl"
        reading = _read_until_whole(loading, source, secret, parameters, cursor, path)
        if not reading.kept and _nothing_is_fine(loading):
            return []
        reached, tail = None, None
        if cursor:
            reached = _reached(cursor, reading, committed, loading.place)
            tail = reading.digest(cursor.start(reached)) if reached is not None else None
            if last and committed is not None and _has_no_news(reading, cursor.start(committed), last.tail):
                return []
        delivery = loading.delivery(
            records=len(reading.kept),
            cursor=cursor.written(reached) if cursor and reached is not None else None,
            tail=tail,
            is_snapshot=loading.source.is_snapshot,
        )
        return [loading.load(_without_older_versions(path, reading), delivery)]


def _read_until_whole(
    loading: Loading,
    source: RestSource,
    secret: Secret | None,
    parameters: dict[str, Any],
    cursor: FieldCursor | None,
    path: Path,
) -> _Reading:
    for _ in range(READINGS):
        reading = _read(loading, source, secret, parameters, cursor, path)
        if not reading.has_moved and (reading.total is None or len(reading.kept) >= reading.total):
            return reading
    raise ExtractionError(
        f"{loading.place}: records are missing in its pages",
        expected="every record on one page" if reading.total is None else f"{reading.total} records, by its own count",
        found=f"{len(reading.kept)} different ones"
        + ", moving between pages" * reading.has_moved
        + f", in {READINGS} readings",
        fix="records change while they are read: sort them by something that stays, or use paging by cursor",
    )


def _read(
    loading: Loading,
    source: RestSource,
    secret: Secret | None,
    parameters: dict[str, Any],
    cursor: FieldCursor | None,
    path: Path,
) -> _Reading:
    reading = _Reading()
    client = ApiClient(source, secret)
    full = source.paging.size if source.paging.kind == "offset" else None
    before: list[bytes] = []
    with path.open("wb") as file:
        for page in read_pages(client, source, dict(parameters), place=loading.place):
            reading.began_at = reading.began_at or page.answered_at
            reading.has_moved |= reading.total not in (None, page.total)
            reading.total = page.total
            here: list[bytes] = []
            for record in page.records:
                line = write_json(record)
                written = line.encode()
                file.write(cut_if_too_long(written + b"\n"))
                content = hashlib.blake2b(written, digest_size=16).digest()
                value = cursor.of(record) if cursor else None
                reading.without_cursor += cursor is not None and value is None
                here.append(_identity(record, loading.contract, content))
                reading.kept[here[-1]] = (reading.lines, value, content)
                reading.lines += 1
            if full and before:
                _check_full_page(before, here, full, loading.place)
                reading.has_moved |= len(before) == full and before[-1] not in here
            before = here
    return reading


def _check_full_page(before: list[bytes], here: list[bytes], full: int, place: str) -> None:
    if len(before) < full and here:
        raise ExtractionError(
            f"{place}: a page in the middle is not full",
            expected=f"{full} records a page, as declared under paging.size",
            found=f"{len(before)}, and another page behind them",
            fix=f"the API gives at most so many: declare size: {len(before)}, or records between pages are skipped",
        )


def _identity(record: Any, contract: Contract, content: bytes) -> bytes:
    """The record's key; its content where it has none."""
    key = contract.keys[0] if contract.primary_key else ()
    try:
        parts = [at_path(record, contract.column(name).source_name) for name in key]
    except KeyError:
        return content
    if not parts or any(part is None for part in parts):
        return content
    return hashlib.blake2b(write_json(parts).encode(), digest_size=16).digest()


def _nothing_is_fine(loading: Loading) -> bool:
    """Whether an answer without records needs no word: an increment may be empty when there was one before."""
    if not loading.contract.minimum_rows or (loading.own_batches() and not loading.source.is_snapshot):
        return not loading.source.is_snapshot
    raise ExtractionError(
        f"{loading.place}: the API has no records",
        expected=f"at least {loading.contract.minimum_rows}, by the rowCount rule of {loading.contract.name}",
        found="an empty list",
        fix="check parameters, and that the credentials may see the records",
    )


def _reached(cursor: FieldCursor, reading: _Reading, committed: Value | None, place: str) -> Value | None:
    """The cursor to commit: never beyond the beginning of the reading, never behind what is committed."""
    if reading.without_cursor:
        raise ExtractionError(
            f"{place}: records without a usable cursor",
            expected=f"a value of kind {cursor.settings.kind} at {cursor.settings.field} in every record",
            found=f"{reading.without_cursor} of {reading.lines} records without",
            fix="correct cursor.field or cursor.kind, or leave the cursor out to read everything every night",
        )
    reached: Any = max(reading.cursors)
    latest: Any = cursor.latest(reading.began_at) if reading.began_at else None
    reached = reached if latest is None else min(reached, latest)
    return reached if committed is None else max(reached, committed)


def _has_no_news(reading: _Reading, start: Value, tail: str | None) -> bool:
    """Whether exactly the records that were committed last came again."""
    only_asked = all(cursor >= start for cursor in reading.cursors)  # type: ignore[operator]
    return only_asked and reading.digest(start) == tail


def _without_older_versions(path: Path, reading: _Reading) -> Path:
    if len(reading.kept) == reading.lines:
        return path
    keep = {line for line, _, _ in reading.kept.values()}
    slim = path.with_name(f"{path.stem}.newest{path.suffix}")
    with path.open("rb") as every, slim.open("wb") as kept:
        kept.writelines(line for number, line in enumerate(every) if number in keep)
    return slim
