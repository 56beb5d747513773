"""Files of one JSON object a line as staged rows.

Belongs here: reading lines and taking the fields out of each. Does not belong here: typing and judging
values.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from data_contracts.quarantine_sql import SourceColumn
from orchestration.ingestion.csv_gate import check_columns
from orchestration.ingestion.csv_records import LONGEST_RECORD, Dialect
from orchestration.ingestion.file_options import FileOptions
from orchestration.ingestion.record_scan import scan_records
from orchestration.ingestion.staging import STAGING_OPTIONS, StagedRows
from orchestration.ingestion.text_gate import open_text

# No JSON text may hold this control character, so it can stand for "one field a line".
_NEVER = "\x1f"


def stage_jsonl(
    con: duckdb.DuckDBPyConnection, contract: Contract, path: Path, *, options: FileOptions, workspace: Path
) -> StagedRows:
    """Read a file of JSON lines; lines that are no JSON object keep their place and carry a fault.

    Raises:
        FileRejectedError: When the file is no text, or no line has a required column.
    """
    text = open_text(path, options, workspace=workspace)
    scan = scan_records(text, Dialect(ord(_NEVER), 1, quote=False), header=False, workspace=workspace)
    numbers = workspace / "numbers.parquet"
    pq.write_table(pa.table({"_row_number": scan.well_formed_numbers}), numbers)
    staged = workspace / "staged.parquet"
    paths = sql.text_list(f'$."{name}"' for name in contract.column_names)
    picked = ", ".join(f"fields[{place}] as c{place}" for place in range(1, len(contract.columns) + 1))
    con.execute(f"""
        copy (
            with lines as (
                select * from read_parquet({sql.path(numbers)}) positional join (
                    select * from read_csv({sql.path(scan.path)}, auto_detect = false, header = false,
                        delim = {sql.text(_NEVER)}, quote = '', escape = '', columns = {{'line': 'VARCHAR'}},
                        compression = 'none', max_line_size = {LONGEST_RECORD + 100_000})
                )
            ), judged as (
                select *, case when not json_valid(line) then 'invalid_json'
                    when json_type(line) <> 'OBJECT' then 'not_a_json_object' end as fault
                from lines
            ), taken as (
                select *, json_extract_string(case when fault is null then line end, {paths}) as fields
                from judged
            )
            select _row_number, fault, line, {picked} from taken
        ) to {sql.path(staged)} {STAGING_OPTIONS}
    """)
    rows = f"read_parquet({sql.path(staged)})"
    found = con.execute(f"""
        select name, min(first_row) from (
            select unnest(json_keys(line)) as name, _row_number as first_row from {rows} where fault is null
        ) group by name order by 2, 1
    """).fetchall()
    columns = tuple(name for name, _ in found)
    if columns:
        check_columns(columns, contract, file=path.name)
    return StagedRows(
        relation=f"select * from {rows}",
        columns=columns,
        sources={
            name: SourceColumn(f"c{place}", "text")
            for place, name in enumerate(contract.column_names, start=1)
            if name in columns
        },
        records=scan.records,
        raw="case when fault is null then line else cast(to_json(line) as varchar) end",
        row_fault="fault",
        malformed=scan.malformed,
        malformed_count=len(scan.malformed_numbers),
    )
