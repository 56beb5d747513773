"""Where the records of a text file are.

Belongs here: on which line and at which bytes each record stands, and taking whole blocks or single records out of the
file again. Does not belong here: finding out (csv_records.py, record_scan.py), parsing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orchestration.ingestion.text_gate import Block


@dataclass(frozen=True)
class Extract:
    """Well-formed records of a file: their numbers, and their bytes as they stand there."""

    numbers: NDArray[np.int64]
    data: bytes


@dataclass(frozen=True)
class _Place:
    """A block without its bytes.

    Attributes:
        offset: Its first byte in the file.
        size: Its bytes.
        first_number: Number of its first record; header records have numbers below 1.
        count: Its records, blank lines not among them.
        lines: Physical line of every record, or of the first one where every line is a record.
        malformed: Numbers of its malformed records.
        padding: Spans of bytes that belong to no value.
    """

    offset: int
    size: int
    first_number: int
    count: int
    lines: NDArray[np.int64] | int
    malformed: NDArray[np.int64]
    padding: list[tuple[int, int]]


@dataclass
class RecordIndex:
    """The places of a file's records.

    What is kept in memory is a few numbers a block; the start of every record is kept in a file, four bytes each.

    Args:
        path: The text file.
        starts: Where to keep the starts; the file is made anew.
    """

    path: Path
    starts: Path
    _places: list[_Place] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.starts.write_bytes(b"")

    def add(self, block: Block, *, first_number: int, malformed: NDArray[np.int64]) -> None:
        """Take in the next block.

        Args:
            block: Follows the one before it in the file.
            first_number: Number of its first record; header records have numbers below 1.
            malformed: Numbers of its malformed records.
        """
        records = block.records
        every_line = not records.quoted_newline and not records.blank.any()
        starts = records.starts if every_line else records.starts[~records.blank]
        lines = block.first_line if every_line else block.line_numbers(np.flatnonzero(~records.blank))
        self._places.append(
            _Place(block.offset, records.consumed, first_number, len(starts), lines, malformed, records.padding)
        )
        with self.starts.open("ab") as file:
            starts.astype(np.uint32).tofile(file)

    def lines_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the first physical line of each record number."""
        at = self._blocks_of(numbers)
        lines = np.empty(len(numbers), np.int64)
        for block in np.unique(at).tolist():
            chosen, place = at == block, self._places[block]
            within = numbers[chosen] - place.first_number
            lines[chosen] = place.lines + within if isinstance(place.lines, int) else place.lines[within]
        return lines

    def extracts(self, numbers: NDArray[np.int64] | None = None) -> Iterator[Extract]:
        """Walk over the well-formed records, block by block.

        Args:
            numbers: Rising record numbers, to have only these; by default all.
        """
        first_row = 0
        starts = np.memmap(self.starts, np.uint32, "r") if self.starts.stat().st_size else np.empty(0, np.uint32)
        bounds = None if numbers is None else np.searchsorted(numbers, [p.first_number for p in self._places])
        with self.path.open("rb") as file:
            for at, place in enumerate(self._places):
                rows = slice(first_row, first_row + place.count)
                first_row += place.count
                if numbers is None or bounds is None:
                    chosen = np.arange(max(place.first_number, 1), place.first_number + place.count)
                else:
                    chosen = numbers[bounds[at] : bounds[at + 1] if at + 1 < len(bounds) else len(numbers)]
                if len(place.malformed):
                    chosen = chosen[~np.isin(chosen, place.malformed, assume_unique=True)]
                if not len(chosen):
                    continue
                file.seek(place.offset)
                data = file.read(place.size)
                whole = len(chosen) == place.count and not place.padding
                yield Extract(chosen, data if whole else _cut_out(data, place, np.asarray(starts[rows]), chosen))

    def _blocks_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.searchsorted([place.first_number for place in self._places], numbers, side="right") - 1


def _cut_out(data: bytes, place: _Place, starts: NDArray[np.uint32], numbers: NDArray[np.int64]) -> bytes:
    """The bytes of some of a block's records."""
    edges = np.append(starts.astype(np.int64), place.size)
    if place.padding:
        kept = np.ones(place.size, np.bool_)
        for begin, end in place.padding:
            kept[begin:end] = False
        data = bytes(np.frombuffer(data, np.uint8)[kept[: len(data)]])
        edges = np.concatenate((np.zeros(1, np.int64), np.cumsum(kept)))[edges]
    within = numbers - place.first_number
    # Neighbours are taken in one piece.
    breaks = np.flatnonzero(np.diff(within) > 1)
    firsts = edges[np.concatenate((within[:1], within[breaks + 1]))].tolist()
    lasts = edges[np.append(within[breaks], within[-1]) + 1].tolist()
    return b"".join(data[first:last] for first, last in zip(firsts, lasts, strict=True))
