"""Where the records of a text file are.

Belongs here: on which line and at which bytes each record stands, and taking whole blocks or single records out of the
file again. Does not belong here: finding out (csv_records.py, record_scan.py), parsing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from orchestration.ingestion.text_gate import Block

# Records that are picked out of many blocks are parsed together.
_PIECE = 1 << 20
# So many pieces of a block are read one by one, and more of them with the whole block.
_FEW = 50


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
        """Walk over the well-formed records in pieces of about a block.

        Args:
            numbers: Rising record numbers, to have only these; by default all.
        """
        waiting: list[Extract] = []
        size = 0
        for extract in self._by_block(numbers):
            waiting.append(extract)
            size += len(extract.data)
            if size >= _PIECE:
                yield _joined(waiting)
                waiting, size = [], 0
        if waiting:
            yield _joined(waiting)

    def _by_block(self, numbers: NDArray[np.int64] | None) -> Iterator[Extract]:
        if not self._places:
            return
        starts = np.memmap(self.starts, np.uint32, "r") if self.starts.stat().st_size else np.empty(0, np.uint32)
        firsts = [place.first_number for place in self._places]
        bounds = [0] * len(firsts) if numbers is None else np.searchsorted(numbers, firsts).tolist()
        ends = [*bounds[1:], 0 if numbers is None else len(numbers)]
        first_row = 0
        with self.path.open("rb") as file:
            for place, bound, end in zip(self._places, bounds, ends, strict=True):
                rows = slice(first_row, first_row + place.count)
                first_row += place.count
                if numbers is None:
                    chosen = np.arange(max(place.first_number, 1), place.first_number + place.count)
                else:
                    chosen = numbers[bound:end]
                if len(place.malformed):
                    chosen = chosen[~np.isin(chosen, place.malformed, assume_unique=True)]
                if not len(chosen):
                    continue
                if len(chosen) == place.count and not place.padding:
                    yield Extract(chosen, os.pread(file.fileno(), place.size, place.offset))
                else:
                    yield Extract(chosen, _cut_out(file.fileno(), place, np.asarray(starts[rows]), chosen))

    def _blocks_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.searchsorted([place.first_number for place in self._places], numbers, side="right") - 1


def _cut_out(file: int, place: _Place, starts: NDArray[np.uint32], numbers: NDArray[np.int64]) -> bytes:
    """The bytes of some of a block's records."""
    edges = np.append(starts.astype(np.int64), place.size)
    within = numbers - place.first_number
    # Neighbours are taken in one piece, unless there are bytes to leave out of it.
    apart = np.diff(within) > 1
    spans = np.stack((edges[within[np.append(True, apart)]], edges[within[np.append(apart, True)] + 1]), axis=1)
    pieces = list(_without(spans.tolist(), place.padding))
    if len(pieces) <= _FEW:
        return b"".join(os.pread(file, end - begin, place.offset + begin) for begin, end in pieces)
    data = os.pread(file, place.size, place.offset)
    return b"".join(data[begin:end] for begin, end in pieces)


def _without(pieces: list[tuple[int, int]], gaps: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans without some gaps; both are rising, and no gap reaches over a span's end."""
    gap = 0
    for begin, end in pieces:
        while gap < len(gaps) and gaps[gap][0] < begin:
            gap += 1
        while gap < len(gaps) and gaps[gap][0] < end:
            yield begin, gaps[gap][0]
            begin = gaps[gap][1]
            gap += 1
        yield begin, end


def _joined(extracts: list[Extract]) -> Extract:
    if len(extracts) == 1:
        return extracts[0]
    return Extract(np.concatenate([item.numbers for item in extracts]), b"".join(item.data for item in extracts))
