"""One pass over a text file: count its records and keep the malformed ones from the parser.

Belongs here: the pass, the file of malformed records, and the copy without them that is made only when there
are any and a parser asks for it. Does not belong here: what is malformed (csv_records.py), where a record is
(record_index.py), parsing values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from orchestration.ingestion.csv_records import FAULTS, Dialect, without_malformed
from orchestration.ingestion.record_index import RecordIndex
from orchestration.ingestion.text_gate import Block, TextFile, blocks

_MALFORMED = pa.schema([("record_number", pa.int64()), ("reason", pa.string()), ("raw", pa.string())])
# Of at most one block each.
_TABLES_AT_ONCE = 64
_NONE: NDArray[np.int64] = np.empty(0, np.int64)


@dataclass(frozen=True)
class Scan:
    """What a pass over a text file found.

    Attributes:
        header_lines: Lines to skip in ``path`` before the first record.
        records: Records of the file, malformed ones included, blank lines and the header not.
        malformed: Parquet file of malformed records, or None.
        malformed_numbers: Their record numbers, rising.
        index: Where every record is.
    """

    header_lines: int
    records: int
    malformed: Path | None
    malformed_numbers: NDArray[np.int64]
    index: RecordIndex
    _copy: Callable[[], Path]

    @cached_property
    def path(self) -> Path:
        """A file with well-formed records only: the original when it has no others, else a copy made now."""
        return self._copy()

    @property
    def well_formed_numbers(self) -> NDArray[np.int64]:
        """Record numbers of the records in ``path``, in their order."""
        keep = np.ones(self.records, np.bool_)
        keep[self.malformed_numbers - 1] = False
        return np.flatnonzero(keep) + 1


def scan_records(text: TextFile, dialect: Dialect, *, header: int, workspace: Path) -> Scan:
    """Count and sort the records of a file.

    Args:
        text: A file that passed the gate.
        dialect: How it is divided.
        header: How many records at the top are header rows (never malformed by their own measure).
        workspace: Where the malformed records, the index and a clean copy may be written.
    """
    count, blank, with_return, lines = 0, 0, 0, 0
    header_is_wide = header > 1
    index = RecordIndex(text.path, workspace / "record_starts.u32")
    numbers: list[NDArray[np.int64]] = []
    malformed_records = _MalformedRecords(workspace / "malformed.parquet")
    with malformed_records:
        for block in blocks(text, dialect):
            records = block.records
            first_number = count - header + 1
            blank_here = int(records.blank.sum())
            if records.contents is not records.ends:
                with_return += int((records.contents < records.ends).sum())
            if header == 1 and count == 0 and len(records.ends):
                header_is_wide = b"\n" in block.data[: int(records.contents[0])]
            faulty, malformed = _malformed(block, first_number)
            if len(faulty):
                malformed_records.add(_malformed_table(block, faulty, malformed))
                numbers.append(malformed)
            index.add(block, first_number=first_number, malformed=malformed)
            blank += blank_here
            lines += len(records.ends)
            count += len(records.ends) - blank_here
    # One file without its last newline counts as unmixed: the block reader adds that newline without a
    # return.
    mixed = 0 < with_return < lines - (not _ends_with_newline(text.path))
    needs_copy = bool(numbers) or blank > 0 or mixed or header_is_wide

    def copy() -> Path:
        if not needs_copy:
            return text.path
        path = workspace / "well_formed.txt"
        _write_copy(blocks(text, dialect), path, header=header)
        return path

    return Scan(
        header_lines=0 if needs_copy else header,
        records=max(count - header, 0),
        malformed=malformed_records.path if numbers else None,
        malformed_numbers=np.concatenate(numbers) if numbers else _NONE,
        index=index,
        _copy=copy,
    )


class _MalformedRecords:
    """The file of malformed records, written a few thousand at a time: a row group for each block costs more."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waiting: list[pa.Table] = []
        self._writer: pq.ParquetWriter | None = None

    def __enter__(self) -> _MalformedRecords:
        return self

    def add(self, table: pa.Table) -> None:
        self._waiting.append(table)
        if len(self._waiting) >= _TABLES_AT_ONCE:
            self._write()

    def __exit__(self, *_: object) -> None:
        if self._waiting:
            self._write()
        if self._writer is not None:
            self._writer.close()

    def _write(self) -> None:
        self._writer = self._writer or pq.ParquetWriter(self.path, _MALFORMED)
        self._writer.write_table(pa.concat_tables(self._waiting))
        self._waiting = []


def _malformed(block: Block, first_number: int) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Places in the block, and numbers, of its malformed records."""
    records = block.records
    if not records.faults.any():
        return np.empty(0, np.intp), _NONE
    numbers = first_number - 1 + np.cumsum(~records.blank)
    faulty = np.flatnonzero((records.faults > 0) & (numbers > 0))
    return faulty, numbers[faulty]


def _malformed_table(block: Block, faulty: NDArray[np.int64], numbers: NDArray[np.int64]) -> pa.Table:
    records = block.records
    raw = [
        block.data[start:end].decode("utf-8")
        for start, end in zip(records.starts[faulty].tolist(), records.contents[faulty].tolist(), strict=True)
    ]
    reasons = [FAULTS[code] for code in records.faults[faulty].tolist()]
    return pa.table([pa.array(numbers), pa.array(reasons), pa.array(raw)], schema=_MALFORMED)


def _write_copy(all_blocks: Iterator[Block], path: Path, *, header: int) -> None:
    with path.open("wb") as file:
        for block in all_blocks:
            above = np.flatnonzero(~block.records.blank)[:header]
            header -= len(above)
            file.write(without_malformed(block.data, block.records, also=above))


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"
