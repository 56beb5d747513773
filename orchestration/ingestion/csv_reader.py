"""CSV files as staged rows.

Belongs here: gate, scan and the parse of well-formed records into text columns. Does not belong here: typing
and judging values (data_contracts), splitting records (csv_records.py).
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from data_contracts.quarantine_sql import SourceColumn
from orchestration.ingestion.csv_gate import check_columns, read_header
from orchestration.ingestion.csv_records import LONGEST_RECORD, Dialect
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.record_scan import Scan, scan_records
from orchestration.ingestion.staging import STAGING_OPTIONS, StagedRows
from orchestration.ingestion.text_gate import open_text


def stage_csv(
    con: duckdb.DuckDBPyConnection, contract: Contract, path: Path, *, options: FileOptions, workspace: Path
) -> StagedRows:
    """Parse a CSV file into text columns, one row per well-formed record.

    Raises:
        FileRejectedError: When the file as a whole cannot be read as declared.
    """
    text = open_text(path, options, workspace=workspace)
    names = read_header(text, options.delimiter)
    check_columns(names, contract, file=path.name, delimiter=options.delimiter)
    dialect = Dialect(ord(options.delimiter), len(names))
    scan = scan_records(text, dialect, header=contract.rules.header_rows, workspace=workspace)
    staged = workspace / "staged.parquet"
    parsed = _parse_sql(scan, len(names), options.delimiter)
    if scan.malformed is None:
        # Numbering while parsing would run on one core; the position in the staged file is the number.
        con.execute(f"copy ({parsed}) to {sql.path(staged)} {STAGING_OPTIONS}")
        number = "file_row_number + 1"
        rows = f"read_parquet({sql.path(staged)}, file_row_number = true)"
    else:
        numbers = workspace / "numbers.parquet"
        pq.write_table(pa.table({"_row_number": scan.well_formed_numbers}), numbers)
        con.execute(
            f"copy (select * from read_parquet({sql.path(numbers)}) positional join ({parsed})) "
            f"to {sql.path(staged)} {STAGING_OPTIONS}"
        )
        number, rows = "_row_number", f"read_parquet({sql.path(staged)})"
    fields = [f"c{position}" for position in range(len(names))]
    by_name = dict(zip(names, fields, strict=True))
    packed = ", ".join(f"{sql.identifier(name)} := {field}" for name, field in by_name.items())
    return StagedRows(
        relation=f"select {number} as _row_number, {', '.join(fields)} from {rows}",
        columns=names,
        types=("text",) * len(names),
        sources={c.name: SourceColumn(by_name[c.source_name], "text") for c in contract.columns_in(by_name)},
        records=scan.records,
        raw=f"cast(to_json(struct_pack({packed})) as varchar)",
        malformed=scan.malformed,
        malformed_count=len(scan.malformed_numbers),
        lines_of=scan.line_index.lines_of,
    )


def _parse_sql(scan: Scan, width: int, delimiter: str) -> str:
    types = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(width))
    # Parallel parsing guesses where a record begins; that is only safe when no value holds a newline.
    parallel = "false" if scan.quoted_newlines else "true"
    return (
        f"select * from read_csv({sql.path(scan.path)}, auto_detect = false, header = false, "
        f"skip = {scan.header_lines}, delim = {sql.text(delimiter)}, quote = '\"', escape = '\"', "
        f"columns = {{{types}}}, compression = 'none', "
        f"max_line_size = {LONGEST_RECORD + 100_000}, parallel = {parallel})"
    )
