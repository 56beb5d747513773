"""One pass over a text file: count its records and keep the malformed ones from the parser.

Belongs here: the pass, the file of malformed records, and the copy without them that is made only when there
are any. Does not belong here: what is malformed (csv_records.py), parsing values.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from orchestration.ingestion.csv_records import FAULTS, Dialect, without_malformed
from orchestration.ingestion.text_gate import Block, TextFile, blocks

_MALFORMED = pa.schema([("record_number", pa.int64()), ("reason", pa.string()), ("raw", pa.string())])


@dataclass(frozen=True)
class Scan:
    """What a pass over a text file found.

    Attributes:
        path: A file with well-formed records only: the original when it has no others.
        records: Records of the file, malformed ones included, blank lines and the header not.
        quoted_newlines: True when values hold newlines.
        malformed: Parquet file of malformed records, or None.
        malformed_numbers: Their record numbers, rising.
    """

    path: Path
    records: int
    quoted_newlines: bool
    malformed: Path | None
    malformed_numbers: NDArray[np.int64]

    @property
    def well_formed_numbers(self) -> NDArray[np.int64]:
        """Record numbers of the records in ``path``, in their order."""
        keep = np.ones(self.records, np.bool_)
        keep[self.malformed_numbers - 1] = False
        return np.flatnonzero(keep) + 1


def scan_records(text: TextFile, dialect: Dialect, *, header: bool, workspace: Path) -> Scan:
    """Count and sort the records of a file.

    Args:
        text: A file that passed the gate.
        dialect: How it is divided.
        header: Whether the first record is the header (never malformed by its own measure).
        workspace: Where the malformed records and a clean copy may be written.
    """
    count, blank, with_return, lines, quoted = 0, 0, 0, 0, False
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
            if records.faults.any():
                faulty = np.flatnonzero(records.faults)
                ordinal = count - header + np.cumsum(is_record)
                writer = writer or pq.ParquetWriter(target, _MALFORMED)
                writer.write_table(_malformed_table(block, faulty, ordinal[faulty]))
                numbers.append(ordinal[faulty])
            count += int(is_record.sum())
    finally:
        if writer is not None:
            writer.close()
    malformed = np.concatenate(numbers) if numbers else np.empty(0, np.int64)
    path = text.path
    # One file without its last newline counts as unmixed: the block reader adds that newline without a
    # return.
    mixed = 0 < with_return < lines - (not _ends_with_newline(text.path))
    if len(malformed) or blank or mixed:
        path = workspace / "well_formed.txt"
        _write_copy(blocks(text, dialect), path)
    return Scan(path, count - header, quoted, target if numbers else None, malformed)


def _malformed_table(block: Block, faulty: NDArray[np.int64], numbers: NDArray[np.int64]) -> pa.Table:
    records = block.records
    raw = [
        block.data[start:end].decode("utf-8")
        for start, end in zip(records.starts[faulty].tolist(), records.contents[faulty].tolist(), strict=True)
    ]
    reasons = [FAULTS[code] for code in records.faults[faulty].tolist()]
    return pa.table([pa.array(numbers), pa.array(reasons), pa.array(raw)], schema=_MALFORMED)


def _write_copy(all_blocks: Iterator[Block], path: Path) -> None:
    with path.open("wb") as file:
        for block in all_blocks:
            file.write(without_malformed(block.data, block.records))


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"
