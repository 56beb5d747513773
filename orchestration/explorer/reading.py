"""Marts of a version as plain rows.

Belongs here: opening the Parquet files, reading slices of them, saying what is not there. Does not belong here: which
slices (``slices``), sums over customers (``summaries``), how rows become text (``encoding``).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import TesseraError
from orchestration.explorer.slices import FORBIDDEN_COLUMNS, Slice


@dataclass(frozen=True)
class Table:
    """Rows of a mart, or of a summary of several.

    Attributes:
        columns: Names of the columns, in order.
        rows: Values in plain JSON types; dates are ISO texts, amounts numbers.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def records(self) -> Iterator[dict[str, Any]]:
        """Every row by the names of its columns."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)


class Marts:
    """The published Parquet files of one version, as views of an own database in memory.

    Args:
        connection: The database.
        names: The marts that are there.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
        self._connection = connection
        self.names = tuple(names)

    def columns(self, mart: str) -> dict[str, str]:
        """Names and DuckDB types of a mart's columns; none where the version does not have the mart."""
        if mart not in self.names:
            return {}
        return {name: kind for name, kind, *_ in self._connection.execute(f'describe "{mart}"').fetchall()}

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Table:
        """The answer to a query, in plain JSON types."""
        answer = self._connection.execute(sql, dict(parameters or {}))
        columns = tuple(column[0] for column in answer.description or ())
        return Table(columns, tuple(tuple(_plain(value) for value in row) for row in answer.fetchall()))

    def run(self, sql: str) -> None:
        """Run a statement that has no answer."""
        self._connection.execute(sql)

    def read(self, part: Slice) -> Table | str:
        """The rows of a slice in the order of its keys, or in words why there are none to show."""
        present = self.columns(part.mart)
        if not present:
            return "this version was published without it"
        missing = [name for name in (*part.keys, *part.needs) if name not in present]
        if missing:
            return f"it has no column {', '.join(missing)} in this version"
        wanted = {*part.keys, *part.needs, *part.only} if part.only else set(present)
        shown = [name for name in present if name in wanted - FORBIDDEN_COLUMNS - set(part.leave_out)]
        listed = ", ".join(f'"{name}"' for name in shown)
        order = ", ".join(f'"{name}"' for name in (*part.keys, *(name for name in shown if name not in part.keys)))
        where = part.where.format(mart=f'"{part.mart}"')
        return self.query(f'select {listed} from "{part.mart}" where {where} order by {order}')


@contextmanager
def opened(folder: Path) -> Iterator[Marts]:
    """Open the marts of a version.

    Args:
        folder: The version's folder.

    Raises:
        TesseraError: The folder has no marts, or one of them cannot be read.
    """
    files = sorted(folder.glob("*.parquet"))
    if not files:
        raise TesseraError(
            f"{folder.name}: there are no marts to explore",
            expected="a published version: one Parquet file a mart",
            found="no Parquet file",
            fix="run a night: tessera run",
        )
    with duckdb.connect(":memory:") as connection:
        # One thread: sums of floating numbers are the same every time.
        connection.execute("set threads = 1")
        for file in files:
            path = str(file).replace("'", "''")
            try:
                connection.execute(f"create view \"{file.stem}\" as from read_parquet('{path}')")
            except duckdb.Error as error:
                raise TesseraError(
                    f"{folder.name}/{file.name}: the mart cannot be read",
                    expected="a Parquet file as it was published",
                    found=f"{type(error).__name__}: {error}",
                    fix="serve another version (tessera rollback), then publish again",
                ) from error
        yield Marts(connection, [file.stem for file in files])


def _plain(value: Any) -> Any:
    """A value in the types of JSON; what is no finite number is nothing."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, float):
        # Beyond what any reader sees, and half the size of the page.
        return float(f"{value:.7g}") if math.isfinite(value) else None
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | str) else str(value)
