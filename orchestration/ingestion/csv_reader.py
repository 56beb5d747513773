"""CSV files as staged rows.

Belongs here: gate, header and scan put together. Does not belong here: splitting records (csv_records.py), parsing them
(csv_rows.py), typing and judging values (data_contracts).
"""

from __future__ import annotations

from pathlib import Path

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from data_contracts.quarantine_sql import SourceColumn
from orchestration.ingestion.csv_gate import check_columns, read_header
from orchestration.ingestion.csv_records import Dialect
from orchestration.ingestion.csv_rows import CsvRows
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.record_scan import scan_records
from orchestration.ingestion.staging import StagedRows
from orchestration.ingestion.text_gate import open_text


def stage_csv(contract: Contract, path: Path, *, options: FileOptions, workspace: Path) -> StagedRows:
    """Find the records of a CSV file; they are parsed into text columns whenever they are read.

    Raises:
        FileRejectedError: When the file as a whole cannot be read as declared.
    """
    text = open_text(path, options, workspace=workspace)
    names = read_header(text, options.delimiter)
    check_columns(names, contract, file=path.name, delimiter=options.delimiter)
    dialect = Dialect(ord(options.delimiter), len(names))
    scan = scan_records(text, dialect, header=contract.rules.header_rows, workspace=workspace)
    fields = [f"c{position}" for position in range(len(names))]
    by_name = dict(zip(names, fields, strict=True))
    packed = ", ".join(f"{sql.identifier(name)} := {field}" for name, field in by_name.items())
    return StagedRows(
        relation=CsvRows(scan.index, options.delimiter, fields),
        columns=names,
        types=("text",) * len(names),
        sources={
            column.name: SourceColumn(by_name[column.source_name], "text", empty_is_null=True)
            for column in contract.columns_in(by_name)
        },
        records=scan.records,
        raw=f"cast(to_json(struct_pack({packed})) as varchar)",
        malformed=scan.malformed,
        lines_of=scan.index.lines_of,
    )
