"""The first records of a file as a table that can be profiled, read by the project's own readers.

Belongs here: bounding what is read, and naming every column that the readers find. Does not belong here: looking at
values (profile.py).
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from data_contracts import sql_quoting as sql
from data_contracts.contract import Column, Contract
from data_contracts.physical_types import Family, parse_physical_type
from data_contracts.table_properties import TableProperties
from orchestration.ingestion.csv_records import LONGEST_RECORD, Dialect, split_records
from orchestration.ingestion.file_reader import stage_file
from orchestration.ingestion.staging import StagedRows
from orchestration.onboarding.errors import OnboardingError
from orchestration.onboarding.file_form import FileForm
from orchestration.onboarding.json_form import decoded_lines, field_paths
from orchestration.onboarding.text_form import check_header, open_bytes

RECORDS = 200_000
# Text files up to this size are read whole, so that their records are counted; of larger ones the beginning.
WHOLE = 256_000_000
# Parquet files of more rows likewise.
MANY_ROWS = 2_000_000
_CHUNK = 4 << 20
_RECORDS_FOR_PATHS = 5_000
TABLE = "sampled_rows"


@dataclass(frozen=True)
class RawColumn:
    """A column as the file has it.

    Attributes:
        source_name: Header, or dotted path in a JSON record.
        expression: Its SQL name in the table of sampled rows.
        family: Family of its type; text where the format has no types.
        type: The type as the file writes it.
    """

    source_name: str
    expression: str
    family: Family
    type: str


@dataclass(frozen=True)
class Sample:
    """The first records of a file.

    Attributes:
        columns: Its columns in their order.
        rows: Records in the table ``sampled_rows``.
        records: Records in the whole file; None where they were not counted.
        is_whole: Whether ``file`` is the whole file.
        malformed: Records among those read that fit no table.
        file: What to load to try a draft: the file itself, or its beginning.
        form: How ``file`` is read.
        left_out: Columns that no contract can carry, with the reason.
    """

    columns: tuple[RawColumn, ...]
    rows: int
    records: int | None
    is_whole: bool
    malformed: int
    file: Path
    form: FileForm
    left_out: tuple[tuple[str, str], ...] = ()


def take_sample(
    con: duckdb.DuckDBPyConnection, path: Path, form: FileForm, *, workspace: Path, limit: int = RECORDS
) -> Sample:
    """Read the first records of a file into the table ``sampled_rows``.

    Args:
        con: Gets the table, with ``_row_number`` and a column for each of the file's.
        path: The file.
        form: How it is read.
        workspace: An empty folder that outlives the connection.
        limit: The most records to look at.

    Raises:
        FileRejectedError: When the readers refuse the file.
        OnboardingError: When it has no columns, no records, or a header that does not fit its records.
    """
    counted = _counted_rows(con, path) if form.format == "parquet" else None
    if counted is not None and counted > MANY_ROWS:
        file = _first_rows(con, path, workspace=workspace, limit=limit)
    else:
        file, form = _beginning(path, form, workspace=workspace, limit=limit)
    is_whole = file == path
    contract = _survey(form, ())
    left_out: list[tuple[str, str]] = []
    if form.format in ("json", "jsonl"):
        contract, unnamed = _json_survey(con, file, form, workspace=workspace)
        left_out += [(key, "a key with dots, quotes or brackets cannot be named in a contract") for key in unnamed]
    staged = stage_file(con, contract, file, options=form.options, workspace=_folder(workspace, "staged"))
    columns, unreadable = _columns(contract, staged)
    left_out += unreadable
    if form.format == "csv":
        check_header(staged.columns, path.name)
    if not columns:
        raise OnboardingError(
            f"{path.name}: it has no columns that can be read",
            expected="named columns or fields",
            found="; ".join(f"{name}: {why}" for name, why in left_out) or "none",
            fix="look at the file: this may not be a table",
        )
    listed = ", ".join(("_row_number", *(column.expression for column in columns)))
    fault = f"and ({staged.row_fault}) is null" if staged.row_fault else ""
    with staged.rows(con, fields=[column.expression for column in columns]) as raw:
        con.execute(
            f"create or replace table {TABLE} as select {listed} from ({raw}) as staged "
            f"where _row_number <= {limit:d} {fault}"
        )
    (rows,) = con.execute(f"select count(*) from {TABLE}").fetchone() or (0,)
    sample = Sample(
        columns=columns,
        rows=int(rows),
        records=staged.records if is_whole else counted,
        is_whole=is_whole,
        malformed=min(staged.records, limit) - int(rows),
        file=file,
        form=form,
        left_out=tuple(left_out),
    )
    _check_records(path.name, sample, staged.columns)
    return sample


def _check_records(file: str, sample: Sample, names: tuple[str, ...]) -> None:
    if not sample.rows and not sample.malformed:
        raise OnboardingError(
            f"{file}: it has no records",
            expected="records, so that there is something to look at",
            found="a header and nothing below it" if sample.form.format in ("csv", "excel") else "none",
            fix="take a file of a usual day",
        )
    if sample.malformed > sample.rows:
        raise OnboardingError(
            f"{file}: most of its records do not fit its first line",
            expected=f"{len(names)} fields a record, as the first line has: {', '.join(names)[:100]}",
            found=f"{sample.malformed:,} of {sample.rows + sample.malformed:,} records with more, fewer, or bad quotes",
            fix="see whether title lines stand above the header, or name the delimiter with --delimiter",
        )


def _columns(contract: Contract, staged: StagedRows) -> tuple[tuple[RawColumn, ...], list[tuple[str, str]]]:
    """What can be profiled, and what cannot be read into a column at all."""
    if contract.columns:
        found = [
            RawColumn(column.source_name, staged.sources[column.name].expression, "text", "text")
            for column in contract.columns
            if column.name in staged.sources
        ]
        return tuple(found), []
    columns, left_out = [], []
    for position, (name, written) in enumerate(zip(staged.columns, staged.types, strict=True)):
        family = _family(written)
        if family is None:
            left_out.append((name, f"values of type {written[:40]} cannot be read into a column"))
        else:
            columns.append(RawColumn(name, f"c{position}", family, written))
    return tuple(columns), left_out


def _family(written: str) -> Family | None:
    if written == "text":
        return "text"
    try:
        family = parse_physical_type(written).family
    except ValueError:
        return None
    return None if family in ("nested", "time") else family


def _json_survey(
    con: duckdb.DuckDBPyConnection, file: Path, form: FileForm, *, workspace: Path
) -> tuple[Contract, list[str]]:
    """A contract with every field of the first records as text, and keys that it cannot name."""
    # The reader wants some column; none of this name will be there, and that is no fault.
    nothing = _survey(form, ("no_such_field",))
    staged = stage_file(con, nothing, file, options=form.options, workspace=_folder(workspace, "fields"))
    with staged.rows(con) as raw:
        lines = con.execute(
            f"select line from ({raw}) as staged where fault is null order by _row_number limit {_RECORDS_FOR_PATHS}"
        ).fetchall()
    paths, unnamed = field_paths(decoded_lines(line for (line,) in lines))
    if not paths:
        raise OnboardingError(
            f"{file.name}: it holds no JSON objects",
            expected="records as JSON objects with fields",
            found=f"{staged.records:,} lines, none of which is an object with fields",
            fix="look at the file; name its --format if it is not JSON",
        )
    return _survey(form, paths), unnamed


def _survey(form: FileForm, source_names: list[str] | tuple[str, ...]) -> Contract:
    """A contract that asks for nothing: some columns as text, none of them required."""
    columns = tuple(
        Column(f"c{number}", "-", "string", parse_physical_type("varchar"), physical_name=name)
        for number, name in enumerate(source_names)
    )
    rules = TableProperties(header_rows=form.header_rows, records_path=form.records_path)
    return Contract("survey", "0", None, "survey", "", columns, 0, rules)


def _beginning(path: Path, form: FileForm, *, workspace: Path, limit: int) -> tuple[Path, FileForm]:
    """The file itself when it is small or is not read as lines; else its first records as a plain UTF-8 copy."""
    if form.format not in ("csv", "jsonl") or _unpacked_size(path) <= WHOLE:
        return path, form
    delimiter = ord(form.options.delimiter) if form.format == "csv" else 0x1F
    dialect = Dialect(delimiter, 0, quote=form.format == "csv")
    # The same name, so that messages are about the user's file; gzip is told by content.
    copy = _folder(workspace, "beginning") / path.name
    written, records, carried = 0, 0, b""
    decoder = codecs.getincrementaldecoder(form.options.encoding)()
    with closing(open_bytes(path)) as file, copy.open("wb") as target:
        while records <= limit + form.header_rows and written < WHOLE:
            data = file.read(_CHUNK)
            if not data:
                break
            block = carried + decoder.decode(data).encode()
            found = split_records(block, dialect)
            if len(block) - found.consumed > LONGEST_RECORD:
                # Something its reader will refuse, and tell better.
                return path, form
            target.write(block[: found.consumed])
            written += found.consumed
            records += len(found.ends)
            carried = block[found.consumed :]
    return copy, replace(form, options=replace(form.options, encoding="utf-8"))


def _counted_rows(con: duckdb.DuckDBPyConnection, path: Path) -> int | None:
    try:
        row = con.execute(f"select sum(num_rows) from parquet_file_metadata({sql.path(path)})").fetchone()
    except duckdb.Error:
        # Damaged: its reader tells.
        return None
    return int(row[0]) if row and row[0] is not None else None


def _first_rows(con: duckdb.DuckDBPyConnection, path: Path, *, workspace: Path, limit: int) -> Path:
    copy = _folder(workspace, "beginning") / path.name
    con.execute(
        f"copy (select * from read_parquet({sql.path(path)}) limit {limit:d}) to {sql.path(copy)} (format parquet)"
    )
    return copy


def _unpacked_size(path: Path) -> int:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    if not packed:
        return path.stat().st_size
    seen = 0
    try:
        with gzip.open(path, "rb") as file:
            while seen <= WHOLE and (chunk := file.read(_CHUNK)):
                seen += len(chunk)
    except (EOFError, OSError, zlib.error):
        # Damaged: its reader tells.
        return 0
    return seen


def _folder(workspace: Path, name: str) -> Path:
    folder = workspace / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
