"""Lines of JSON as staged rows.

Belongs here: taking the fields of the contract out of each line, and saying which lines are no records. Does not belong
here: where the lines come from (file_reader.py, json_reader.py), typing and judging values.
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
from orchestration.ingestion.json_numbers import MANY_DIGITS, with_exact_numbers
from orchestration.ingestion.json_paths import duckdb_path, keys_sql, parents
from orchestration.ingestion.record_scan import scan_records
from orchestration.ingestion.staging import STAGING_OPTIONS, StagedRows
from orchestration.ingestion.text_gate import TextFile

# No JSON text may hold this control character, so it can stand for "one field a line".
_NEVER = "\x1f"


def stage_json_lines(
    con: duckdb.DuckDBPyConnection, contract: Contract, text: TextFile, *, workspace: Path
) -> StagedRows:
    """Read lines of JSON; lines that are no JSON object keep their place and carry a fault.

    Raises:
        FileRejectedError: When the file is no text, or no line has a required column.
    """
    scan = scan_records(text, Dialect(ord(_NEVER), 1, quote=False), header=0, workspace=workspace)
    numbers, lines = workspace / "numbers.parquet", workspace / "lines.parquet"
    pq.write_table(pa.table({"_row_number": scan.well_formed_numbers}), numbers)
    con.execute(f"""
        copy (
            select * from read_parquet({sql.path(numbers)}) positional join (
                select * from read_csv({sql.path(scan.path)}, auto_detect = false, header = false,
                    delim = {sql.text(_NEVER)}, quote = '', escape = '', columns = {{'line': 'VARCHAR'}},
                    compression = 'none', max_line_size = {LONGEST_RECORD + 100_000})
            )
        ) to {sql.path(lines)} {STAGING_OPTIONS}
    """)
    exact = _exact_lines(con, lines, workspace)
    staged = workspace / "staged.parquet"
    source_names = [column.source_name for column in contract.columns]
    paths = sql.text_list(map(duckdb_path, source_names))
    keys = f"flatten([{', '.join(keys_sql('line', above) for above in parents(source_names))}])"
    picked = ", ".join(f"fields[{place}] as c{place}" for place in range(1, len(contract.columns) + 1))
    con.execute(f"""
        copy (
            with judged as (
                select *, case when not json_valid(line) then 'invalid_json'
                    when json_type(line) <> 'OBJECT' then 'not_a_json_object' end as fault
                from ({exact}) as exact_lines
            ), with_keys as (
                select *, case when fault is null then {keys} else [] end as record_keys from judged
            ), told_apart as (
                -- Which of two values of one key is meant, nobody can tell.
                select * replace (
                    case when len(record_keys) <> len(list_distinct(record_keys)) then 'repeated_json_key'
                    else fault end as fault
                )
                from with_keys
            ), taken as (
                select *, json_extract_string(case when fault is null then exact end, {paths}) as fields
                from told_apart
            )
            select _row_number, fault, line, record_keys, {picked} from taken
        ) to {sql.path(staged)} {STAGING_OPTIONS}
    """)
    rows = f"read_parquet({sql.path(staged)})"
    columns = _columns(con, contract, rows)
    if columns:
        check_columns(columns, contract, file=text.name)
    places = {column.name: f"c{place}" for place, column in enumerate(contract.columns, start=1)}
    return StagedRows(
        relation=f"select * from {rows}",
        columns=columns,
        types=("text",) * len(columns),
        sources={column.name: SourceColumn(places[column.name], "text") for column in contract.columns_in(columns)},
        records=scan.records,
        raw="case when fault is null then line else cast(to_json(line) as varchar) end",
        row_fault="fault",
        malformed=scan.malformed,
        lines_of=scan.index.lines_of,
    )


def _exact_lines(con: duckdb.DuckDBPyConnection, lines: Path, workspace: Path) -> str:
    """A select of ``_row_number``, ``line``, and ``exact``: the line with long numbers as texts of the same digits."""
    source = f"read_parquet({sql.path(lines)})"
    doubtful = con.execute(
        f"select _row_number, line from {source} where regexp_matches(line, {sql.text(MANY_DIGITS)})"
    ).fetchall()
    if not doubtful:
        return f"select *, line as exact from {source}"
    rewritten = workspace / "exact_lines.parquet"
    numbers = [number for number, _ in doubtful]
    texts = [with_exact_numbers(line) for _, line in doubtful]
    pq.write_table(pa.table({"_row_number": pa.array(numbers), "exact": pa.array(texts)}), rewritten)
    return (
        f"select lines.*, coalesce(rewritten.exact, lines.line) as exact from {source} as lines "
        f"left join read_parquet({sql.path(rewritten)}) as rewritten on lines._row_number = rewritten._row_number"
    )


def _columns(con: duckdb.DuckDBPyConnection, contract: Contract, rows: str) -> tuple[str, ...]:
    """Every column that some record has: the record's keys, and those of the objects the contract looks into."""
    paths = [column.source_name for column in contract.columns]
    looked_into = {above for above in parents(paths) if above}
    found = [
        name
        for (name,) in con.execute(f"""
            select name from (
                select unnest(record_keys) as name, _row_number from {rows} where fault is null
            ) group by name order by min(_row_number), name
        """).fetchall()
    ]
    indexed = {path: path.partition("[")[0] for path in paths if "[" in path}
    looked_into |= set(indexed.values())
    picked = [path for path, array in indexed.items() if array in found]
    return tuple(name for name in found if name not in looked_into) + tuple(picked)
