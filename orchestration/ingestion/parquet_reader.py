"""Parquet files as staged rows.

Belongs here: opening the file, its columns and the families of their types; values stay native. Does not
belong
here: typing and judging values.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from data_contracts import sql_quoting as sql
from data_contracts.contract import Contract
from data_contracts.physical_types import Family, parse_physical_type
from data_contracts.quarantine_sql import SourceColumn, unreadable_columns
from orchestration.ingestion.csv_gate import check_columns
from orchestration.ingestion.file_errors import FileRejectedError
from orchestration.ingestion.staging import StagedRows


def stage_parquet(con: duckdb.DuckDBPyConnection, contract: Contract, path: Path) -> StagedRows:
    """Describe a Parquet file; nothing is copied, the rows are read in place.

    Raises:
        FileRejectedError: When the file is damaged, or a column's type can never become the contract's.
    """
    rows = f"read_parquet({sql.path(path)}, file_row_number = true)"
    try:
        described = con.execute(f"describe select * from {rows}").fetchall()
        counted = con.execute(f"select sum(num_rows) from parquet_file_metadata({sql.path(path)})").fetchone()
    except duckdb.Error as error:
        raise _damaged(path, error) from error
    types = {name: str(kind) for name, kind, *_ in described if name != "file_row_number"}
    columns = tuple(types)
    check_columns(columns, contract, file=path.name)
    fields = {name: f"c{position}" for position, name in enumerate(columns)}
    sources = {
        c.name: SourceColumn(fields[c.source_name], _family(types[c.source_name])) for c in contract.columns_in(fields)
    }
    for column, (expected, _) in unreadable_columns(contract, sources).items():
        name = contract.column(column).source_name
        raise FileRejectedError(
            f"{path.name}: column {name!r} has another type than the contract {contract.name}",
            expected=f"{expected}, or a type that can be read as it",
            found=types[name].lower(),
            fix="have the source restore the type, or change the contract",
        )
    renamed = ", ".join(f"{sql.identifier(name)} as {field}" for name, field in fields.items())
    packed = ", ".join(f"{sql.identifier(name)} := {field}" for name, field in fields.items())
    return StagedRows(
        relation=f"select file_row_number + 1 as _row_number, {renamed} from {rows}",
        columns=columns,
        types=tuple(types[name].lower() for name in columns),
        sources=sources,
        records=int(counted[0] or 0) if counted else 0,
        raw=f"cast(to_json(struct_pack({packed})) as varchar)",
        in_place=True,
    )


def check_readable(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Read every page of a file once.

    Raises:
        FileRejectedError: When one of them is damaged.
    """
    try:
        con.execute(f"select max(hash(all_rows)) from read_parquet({sql.path(path)}) as all_rows").fetchall()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: duckdb.Error) -> FileRejectedError:
    """The refusal of a file whose footer or pages cannot be read."""
    return FileRejectedError(
        f"{path.name}: the Parquet file is damaged or cut short",
        expected="a complete Parquet file",
        found=str(error).splitlines()[0].replace(str(path), path.name),
        fix="transfer the file again; nothing of it was loaded",
    )


def _family(written: str) -> Family:
    try:
        return parse_physical_type(written).family
    except ValueError:
        return "nested"
