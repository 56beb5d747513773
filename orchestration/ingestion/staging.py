"""What every reader hands to the loader.

Belongs here: the description of raw rows that are ready to be checked in SQL. Does not belong here: reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data_contracts.quarantine_sql import SourceColumn

# The default dictionaries stay: without them staging random values is a quarter faster, but judging real
# columns, whose values repeat, costs a third more (2 million and 1.47 million rows).
STAGING_OPTIONS = "(format parquet, compression lz4_raw)"


_STREAMED, _WANTED = "streamed_rows", "wanted_rows"


class RowStream(Protocol):
    """Raw rows that are parsed whenever they are read, in the order of their numbers."""

    def stream(
        self, *, fields: Sequence[str] | None = None, numbers: NDArray[np.int64] | None = None
    ) -> pa.RecordBatchReader:
        """``_row_number`` and the raw columns, or some of them, of all rows, or of those with rising numbers."""


@dataclass(frozen=True)
class StagedRows:
    """Raw rows of one file, readable in SQL.

    Attributes:
        relation: A select or a stream that gives ``_row_number`` (record number in the file, from 1) and the raw
            columns; to be read by ``rows``.
        columns: Name of every column in the file, in the file's order.
        types: Type of every column as the file gives it; text where the format has no types.
        sources: Contract column name to its raw column and type family.
        records: Records in the file, counted apart from the parser: malformed ones are in, a header is not.
        raw: SQL of the record's original field values as JSON text.
        row_fault: SQL of a structure fault found in the raw rows (null when none), or None.
        malformed: Parquet file of the records that were kept from the parser (record_number, reason, raw).
        lines_of: Record numbers to the physical line, row or record of the file on which each begins.
        in_place: True when the relation reads the landing file itself, so that its damage shows late.
    """

    relation: str | RowStream
    columns: tuple[str, ...]
    types: tuple[str, ...]
    sources: dict[str, SourceColumn]
    records: int
    raw: str
    row_fault: str | None = None
    malformed: Path | None = None
    lines_of: Callable[[NDArray[np.int64]], NDArray[np.int64]] = np.copy
    in_place: bool = False

    @contextmanager
    def rows(
        self,
        con: duckdb.DuckDBPyConnection,
        *,
        fields: Sequence[str] | None = None,
        numbers: NDArray[np.int64] | None = None,
    ) -> Iterator[str]:
        """Give the SQL of the rows, to be read by one query inside the context.

        Args:
            con: The connection of that query.
            fields: Raw columns that it needs at most; by default all.
            numbers: Rising row numbers, to have only these; by default all.
        """
        if not isinstance(self.relation, str):
            con.register(_STREAMED, self.relation.stream(fields=fields, numbers=numbers))
            try:
                yield f"select * from {_STREAMED}"
            finally:
                con.unregister(_STREAMED)
        elif numbers is None:
            yield self.relation
        else:
            con.register(_WANTED, pa.table({"number": numbers}))
            try:
                wanted = f"_row_number in (select number from {_WANTED})"
                yield f"select * from ({self.relation}) as staged where {wanted}"
            finally:
                con.unregister(_WANTED)
