"""The well-formed records of a CSV file as a stream of text columns.

Belongs here: parsing records whose bounds are known already. Does not belong here: finding their bounds
(record_scan.py), typing and judging values (data_contracts).

The parser is Arrow's, block by block: a block holds whole records, so that a newline in quotes needs no care, and the
number of each record is known before it is parsed. An empty text is null, quoted or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
from numpy.typing import NDArray

from orchestration.ingestion.file_errors import ReconciliationError
from orchestration.ingestion.record_index import Extract, RecordIndex


@dataclass(frozen=True)
class CsvRows:
    """The records of one file; can be streamed any number of times.

    Attributes:
        index: Where they are.
        delimiter: The character between fields.
        fields: Names for the columns, in the file's order.
    """

    index: RecordIndex
    delimiter: str
    fields: Sequence[str]

    def stream(
        self, *, fields: Sequence[str] | None = None, numbers: NDArray[np.int64] | None = None
    ) -> pa.RecordBatchReader:
        """Parse the records in the file's order.

        Args:
            fields: The columns wanted; by default all.
            numbers: Rising record numbers, to have only these; by default all.

        Returns:
            ``_row_number`` and the columns as text; malformed records are left out.
        """
        chosen = [field for field in self.fields if fields is None or field in fields]
        schema = pa.schema([("_row_number", pa.int64()), *((field, pa.string()) for field in chosen)])
        batches = (batch for extract in self.index.extracts(numbers) for batch in self._parsed(extract, chosen, schema))
        return pa.RecordBatchReader.from_batches(schema, batches)

    def _parsed(self, extract: Extract, chosen: Sequence[str], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        table = pc.read_csv(
            pa.BufferReader(extract.data),
            # One block is one piece for the parser: what is parallel is the work on several of them.
            read_options=pc.ReadOptions(
                column_names=list(self.fields), block_size=len(extract.data) + 1, use_threads=False
            ),
            parse_options=pc.ParseOptions(delimiter=self.delimiter, newlines_in_values=True),
            convert_options=pc.ConvertOptions(
                column_types={field: pa.string() for field in self.fields},
                include_columns=list(chosen),
                null_values=[""],
                strings_can_be_null=True,
                # The gate has seen to it.
                check_utf8=False,
            ),
        )
        if table.num_rows != len(extract.numbers):
            raise ReconciliationError(
                "the parser and the count of records do not agree",
                expected=f"{len(extract.numbers)} records, as counted in the file",
                found=f"{table.num_rows} parsed rows",
                fix="this is a fault of the reader: keep the file and report it; nothing was committed",
            )
        yield from table.add_column(0, schema.field(0), pa.array(extract.numbers)).to_batches()
