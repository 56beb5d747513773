"""Writing the company's files: the same rows, the same bytes.

Belongs here: CSV, JSON lines and JSON documents from Arrow tables, with the rows that are bad on purpose. Does not
belong here: what is in them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from data_contracts import sql_quoting as sql

_WORKERS, _MEMORY = 2, "1500MB"
# Keys of a JSON object to SQL expressions, or to the keys of an object inside.
Fields = Mapping[str, "str | Fields"]


@dataclass(frozen=True)
class Fault:
    """A value that was made bad on purpose; ``text`` None leaves it out.

    Attributes:
        row: Position of the row in its file, from 0.
        column: The source's name of the column, as in the file.
        text: What stands there instead.
        reason: The code under which a contract rejects it.
    """

    row: int
    column: str
    text: str | None
    reason: str


@dataclass(frozen=True)
class BadRow:
    """A row of a file that has to be rejected, and why; ``record_number`` counts from 1 without the header."""

    file: str
    record_number: int
    column: str | None
    reason: str


@dataclass
class Output:
    """The folder of the files, and a record of what was written."""

    folder: Path
    rows: dict[str, int] = field(default_factory=dict)
    bad_rows: list[BadRow] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the connection that writes; rows keep their order whatever the number of workers."""
        self.con = duckdb.connect()
        self.con.execute(f"set threads = {_WORKERS}; set memory_limit = '{_MEMORY}'; set TimeZone = 'UTC'")
        self.con.execute("set enable_progress_bar = false; set preserve_insertion_order = true")

    def write_csv(self, name: str, rows: pa.Table, columns: Mapping[str, str], faults: Sequence[Fault] = ()) -> None:
        """Write a table as CSV.

        Args:
            name: Of the file.
            rows: What the columns are made from.
            columns: Header to SQL expression over ``rows``; a null is an empty field.
            faults: Values to make bad.
        """
        listed = ", ".join(
            f"{_with_faults(expression, header, faults)} as {sql.identifier(header)}"
            for header, expression in columns.items()
        )
        self._copy(name, rows, listed, "format csv, header true", faults)

    def write_json_lines(self, name: str, rows: pa.Table, columns: Fields, faults: Sequence[Fault] = ()) -> None:
        """Write a table as one JSON object a line; a fault's column is a dotted path inside the object."""
        listed = ", ".join(f"{_field(made, key, faults)} as {sql.identifier(key)}" for key, made in columns.items())
        self._copy(name, rows, listed, "format json", faults)

    def write_json(self, name: str, document: Any, *, records: int, faults: Sequence[Fault] = ()) -> None:
        """Write a JSON document with one record a line, as readable as a download."""
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(_document_lines(document))
        self._wrote(name, records, faults)

    def close(self) -> None:
        """Let go of the connection."""
        self.con.close()

    def _copy(self, name: str, rows: pa.Table, listed: str, options: str, faults: Sequence[Fault]) -> None:
        numbered = rows.append_column("_row", pa.array(np.arange(rows.num_rows)))
        self.con.register("file_rows", numbered)
        self.con.execute(f"copy (select {listed} from file_rows) to {sql.path(self.folder / name)} ({options})")
        self.con.unregister("file_rows")
        self._wrote(name, rows.num_rows, faults)

    def _wrote(self, name: str, records: int, faults: Sequence[Fault]) -> None:
        self.rows[name] = records
        self.bad_rows += [BadRow(name, fault.row + 1, fault.column, fault.reason) for fault in faults]


def faulty_rows(draw: np.random.Generator, rows: int, *, share: float = 0.003, most: int = 12) -> list[int]:
    """Positions of rows to make bad: none in a short file, few in a long one."""
    return sorted(draw.choice(rows, min(most, int(rows * share)), replace=False).tolist()) if rows else []


def _field(made: str | Fields, path: str, faults: Sequence[Fault]) -> str:
    if isinstance(made, str):
        # As JSON, so that the other rows keep their numbers and truth values.
        return _with_faults(made, path, faults, wrapped="to_json")
    inner = (f"{sql.identifier(key)} := {_field(value, f'{path}.{key}', faults)}" for key, value in made.items())
    return f"struct_pack({', '.join(inner)})"


def _with_faults(expression: str, column: str, faults: Sequence[Fault], *, wrapped: str = "") -> str:
    own = [fault for fault in faults if fault.column == column]
    if not own:
        return expression
    texts = ["null" if fault.text is None else f"{wrapped}({sql.text(fault.text)})" for fault in own]
    cases = " ".join(f"when {fault.row} then {text}" for fault, text in zip(own, texts, strict=True))
    return f"case _row {cases} else {wrapped}({expression if wrapped else f'cast({expression} as varchar)'}) end"


def _document_lines(document: Any) -> Iterable[str]:
    if isinstance(document, list):
        yield "["
        yield from _records(document)
        yield "\n]\n"
        return
    head = {key: value for key, value in document.items() if not isinstance(value, list)}
    yield json.dumps(head, ensure_ascii=False)[:-1]
    for key, value in document.items():
        if isinstance(value, list):
            yield f', "{key}": ['
            yield from _records(value)
            yield "\n]"
    yield "}\n"


def _records(records: list[Any]) -> Iterable[str]:
    for position, record in enumerate(records):
        yield (",\n" if position else "\n") + json.dumps(record, ensure_ascii=False, separators=(",", ":"))
