"""One pass over a text file: count its records and keep the malformed ones from the parser.

Belongs here: the pass, the file of malformed records, and the copy without them that is made only when there
are any. Does not belong here: what is malformed (csv_records.py), parsing values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from orchestration.ingestion.csv_records import FAULTS, Dialect, without_malformed
from orchestration.ingestion.text_gate import Block, TextFile, blocks

_MALFORMED = pa.schema([("record_number", pa.int64()), ("reason", pa.string()), ("raw", pa.string())])


@dataclass
class LineIndex:
    """On which physical line (from 1) each record begins.

    Blocks in which every line is a record need two numbers; only the others keep one for each record.
    """

    _firsts: list[int] = field(default_factory=list)
    _blocks: list[NDArray[np.int64] | int] = field(default_factory=list)

    def add(self, block: Block, first_record: int) -> None:
        """Take in a block whose first record has this number; header records have numbers below 1."""
        records = block.records
        self._firsts.append(first_record)
        if records.quoted_newline or records.blank.any():
            self._blocks.append(block.line_numbers(np.flatnonzero(~records.blank)))
        else:
            self._blocks.append(block.first_line)

    def lines_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the first physical line of each record number."""
        at = np.searchsorted(self._firsts, numbers, side="right") - 1
        lines = np.empty(len(numbers), np.int64)
        for block in np.unique(at):
            chosen = at == block
            within = numbers[chosen] - self._firsts[block]
            known = self._blocks[block]
            lines[chosen] = known + within if isinstance(known, int) else known[within]
        return lines


@dataclass(frozen=True)
class Scan:
    """What a pass over a text file found.

    Attributes:
        path: A file with well-formed records only: the original when it has no others.
        header_lines: Lines to skip in ``path`` before the first record.
        records: Records of the file, malformed ones included, blank lines and the header not.
        quoted_newlines: True when values hold newlines.
        malformed: Parquet file of malformed records, or None.
        malformed_numbers: Their record numbers, rising.
    """

    path: Path
    header_lines: int
    records: int
    quoted_newlines: bool
    malformed: Path | None
    malformed_numbers: NDArray[np.int64]
    line_index: LineIndex

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
        workspace: Where the malformed records and a clean copy may be written.
    """
    count, blank, with_return, lines, quoted = 0, 0, 0, 0, False
    header_is_wide = header > 1
    index = LineIndex()
    numbers: list[NDArray[np.int64]] = []
    target = workspace / "malformed.parquet"
    writer: pq.ParquetWriter | None = None
    try:
        for block in blocks(text, dialect):
            records = block.records
            is_record = ~records.blank
            quoted |= records.quoted_newline
            blank += int(records.blank.sum())
            with_return += int((records.contents < records.ends).sum())
            lines += len(records.ends)
            index.add(block, count - header + 1)
            if header == 1 and count == 0 and len(records.ends):
                header_is_wide = b"\n" in block.data[: int(records.contents[0])]
            ordinal = count - header + np.cumsum(is_record)
            faulty = np.flatnonzero((records.faults > 0) & (ordinal > 0))
            if len(faulty):
                writer = writer or pq.ParquetWriter(target, _MALFORMED)
                writer.write_table(_malformed_table(block, faulty, ordinal[faulty]))
                numbers.append(ordinal[faulty])
            count += int(is_record.sum())
    finally:
        if writer is not None:
            writer.close()
    malformed = np.concatenate(numbers) if numbers else np.empty(0, np.int64)
    path, header_lines = text.path, header
    # One file without its last newline counts as unmixed: the block reader adds that newline without a
    # return.
    mixed = 0 < with_return < lines - (not _ends_with_newline(text.path))
    if len(malformed) or blank or mixed or header_is_wide:
        path, header_lines = workspace / "well_formed.txt", 0
        _write_copy(blocks(text, dialect), path, header=header)
    return Scan(
        path=path,
        header_lines=header_lines,
        records=max(count - header, 0),
        quoted_newlines=quoted,
        malformed=target if numbers else None,
        malformed_numbers=malformed,
        line_index=index,
    )


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
