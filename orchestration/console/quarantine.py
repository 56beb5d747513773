"""What the console shows of rejected records.

Belongs here: tables for a person, and lines for a machine. Does not belong here: what has become of a record
(``ingestion``), the commands.

Values are somebody's data: they are shown where they are asked for, and never so that they could steer a terminal.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from data_contracts import sql_quoting as sql
from orchestration.ingestion.rejections import DISMISSED, OPEN, REFUSED, REPAIRED, Rejections
from orchestration.ingestion.repair_export import matching

_LONGEST_VALUE = 60


@dataclass(frozen=True)
class Choice:
    """Which rejected records are looked at; None and empty stand for all."""

    batches: Collection[str] = ()
    file: str | None = None
    reason: str | None = None
    column: str | None = None

    @property
    def sql(self) -> str:
        """True for a chosen record of the relation ``rejected``."""
        return f"{self._deliveries} and {matching(self.reason, self.column)}"

    @property
    def _deliveries(self) -> str:
        tests = [f"file = {sql.text(self.file)}"] if self.file else []
        if self.batches:
            tests.append(f"batch_id in ({', '.join(sql.text(name) for name in sorted(self.batches))})")
        return " and ".join(tests) or "true"

    @property
    def is_of_records(self) -> bool:
        """Whether it chooses among the records of a delivery."""
        return self.reason is not None or self.column is not None

    def of_deliveries(self) -> Choice:
        """The same deliveries with all their records."""
        return Choice(batches=self.batches, file=self.file)


@dataclass(frozen=True)
class Totals:
    """Records of one table by what has become of them; rejected is the sum of the others."""

    rejected: int
    open: int
    repaired: int
    dismissed: int


def totals(con: duckdb.DuckDBPyConnection, rejections: Rejections, choice: Choice) -> Totals:
    """Count the rejected records of the chosen deliveries."""
    rows = con.execute(
        f"select state, count(*) from {rejections.relation} as rejected "
        f"where state <> {sql.text(REFUSED)} and {choice.of_deliveries().sql} group by state"
    ).fetchall()
    found = dict(rows)
    return Totals(sum(found.values()), found.get(OPEN, 0), found.get(REPAIRED, 0), found.get(DISMISSED, 0))


def show_rejections(
    console: Console, con: duckdb.DuckDBPyConnection, rejections: Rejections, choice: Choice, *, examples: int
) -> bool:
    """Print the open rejections of one table, and its files that were refused as a whole.

    Args:
        console: Where to print.
        con: The connection that has the rejections.
        rejections: Those of the table.
        choice: Which of them.
        examples: How many values to show for every reason; they may be personal data.

    Returns:
        Whether there was anything to print.
    """
    counted = totals(con, rejections, choice)
    reasons = _reasons(con, rejections, choice, OPEN, examples)
    refused = _reasons(con, rejections, choice, REFUSED, examples)
    if not counted.rejected and not refused and not rejections.lost:
        return False
    told = f": {_sum(counted)}" if counted.rejected else ""
    console.print(f"[bold]{rejections.table}[/]{told}", highlight=False, soft_wrap=True)
    if reasons:
        console.print(_table(reasons, "loaded (UTC)", examples=examples))
    fitting = _count(con, rejections, f"state = {sql.text(OPEN)} and {choice.sql}")
    if choice.is_of_records:
        console.print(f"{fitting:,} of the open ones fit this choice.", highlight=False)
    if sum(row[4] for row in reasons) > fitting:
        console.print("A record with several reasons is on several lines, and once in the sum.", highlight=False)
    if refused:
        console.print("Refused as a whole, so nothing of them is loaded; mend the file and run again:", style="yellow")
        console.print(_table(refused, "refused (UTC)", examples=examples))
    for file, count in rejections.lost.items():
        told = f"{file}: {count:,} rejected records are not counted, as their file in quarantine is gone."
        console.print(told, style="yellow", markup=False, highlight=False, soft_wrap=True)
    console.print()
    return True


def _count(con: duckdb.DuckDBPyConnection, rejections: Rejections, test: str) -> int:
    ((count,),) = con.execute(f"select count(*) from {rejections.relation} as rejected where {test}").fetchall()
    return int(count)


def _sum(counted: Totals) -> str:
    parts = f"{counted.open:,} open + {counted.repaired:,} repaired"
    if counted.dismissed:
        parts += f" + {counted.dismissed:,} dismissed"
    return f"{counted.rejected:,} rejected = {parts}"


def _reasons(
    con: duckdb.DuckDBPyConnection, rejections: Rejections, choice: Choice, state: str, examples: int
) -> list[tuple[Any, ...]]:
    tests = [f"fault.reason = {sql.text(choice.reason)}"] if choice.reason else []
    tests += [f'fault."column" = {sql.text(choice.column)}'] if choice.column else []
    return con.execute(
        f"""
        with flat as (
            select batch_id, file, loaded_at, record_number, unnest(reasons) as fault
            from {rejections.relation} as rejected where state = {sql.text(state)} and {choice.sql}
        )
        select file, batch_id, fault.reason, coalesce(fault."column", ''), count(distinct record_number),
            max(loaded_at), coalesce(list_sort(list_slice(
                list(distinct fault."value") filter (where fault."value" is not null), 1, {examples:d}
            )), [])
        from flat where {" and ".join(tests) or "true"}
        group by all order by max(loaded_at) desc, file, batch_id, count(distinct record_number) desc, 3, 4
        """
    ).fetchall()


def _table(rows: Sequence[tuple[Any, ...]], when: str, *, examples: int) -> Table:
    table = Table(header_style="bold")
    table.add_column("file", overflow="fold")
    table.add_column("batch", no_wrap=True)
    table.add_column("reason", no_wrap=True)
    table.add_column("column", overflow="fold")
    table.add_column("records", justify="right", no_wrap=True)
    table.add_column(when, no_wrap=True)
    if examples:
        table.add_column("values", overflow="fold")
    last = None
    for file, batch_id, reason, column, count, at, values in rows:
        same = batch_id == last
        if last is not None and not same:
            table.add_section()
        cells: list[str | Text] = [
            Text("" if same else safe(file)),
            "" if same else batch_id[:8],
            reason,
            Text(column),
            f"{count:,}",
            "" if same else _time(at),
        ]
        if examples:
            cells.append(Text(", ".join(_shortened(value) for value in values)))
        table.add_row(*cells)
        last = batch_id
    return table


def show_records(
    console: Console, con: duckdb.DuckDBPyConnection, rejections: Rejections, choice: Choice, *, limit: int
) -> None:
    """Print the records that wait for a person, one line each, values included.

    Args:
        console: Where to print.
        con: The connection that has the rejections.
        rejections: Those of the table.
        choice: Which of them.
        limit: Print at most so many.
    """
    count = _count(con, rejections, _waiting(choice))
    if not count:
        console.print(f"{rejections.table}: nothing is waiting for repair.", highlight=False, markup=False)
        return
    table = Table(header_style="bold")
    table.add_column("file", overflow="fold")
    for name in ("batch", "line", "record"):
        table.add_column(name, justify="left" if name == "batch" else "right", no_wrap=True)
    table.add_column("column", overflow="fold")
    table.add_column("reason", no_wrap=True)
    table.add_column("value", overflow="fold")
    last: Any = None
    refused = False
    for item in _records(con, rejections, choice, limit=limit):
        faults = item["reasons"]
        refused |= item["state"] == REFUSED
        same = item["batch"] == last
        table.add_row(
            Text("" if same else safe(item["file"])),
            "" if same else item["batch"][:8],
            f"{item['line']:,}",
            f"{item['record']:,}",
            Text("\n".join(fault["column"] or "" for fault in faults)),
            "\n".join(fault["reason"] for fault in faults),
            Text("\n".join(_value(fault, item["raw"]) for fault in faults)),
        )
        last = item["batch"]
    console.print(table)
    told = f"{limit:,} of {count:,} records" if limit < count else f"{count:,} record{'s' * (count != 1)}"
    console.print(f"{told}. The values are the source's own and may be personal data.", highlight=False)
    if refused:
        console.print("Some are of files refused as a whole: mend the file and run again.", style="yellow")


def record_lines(
    con: duckdb.DuckDBPyConnection, rejections: Rejections, choice: Choice, *, limit: int | None
) -> Iterator[str]:
    """The same records as JSON, one a line: file, batch, line, record, state, reasons, raw."""
    for item in _records(con, rejections, choice, limit=limit):
        yield json.dumps(item, ensure_ascii=False)


def _waiting(choice: Choice) -> str:
    return f"state in ({sql.text(OPEN)}, {sql.text(REFUSED)}) and {choice.sql}"


def _records(
    con: duckdb.DuckDBPyConnection, rejections: Rejections, choice: Choice, *, limit: int | None
) -> Iterator[dict[str, Any]]:
    result = con.execute(
        f"""
        select file, batch_id as batch, line, record_number as record, state, reasons, raw
        from {rejections.relation} as rejected where {_waiting(choice)}
        order by loaded_at desc, batch_id, record_number
        {"" if limit is None else f"limit {limit:d}"}
        """
    )
    names = [item[0] for item in result.description]
    while rows := result.fetchmany(1000):
        for row in rows:
            yield dict(zip(names, row, strict=True))


def _value(fault: dict[str, str | None], raw: str) -> str:
    if fault["value"] is not None:
        return _shortened(fault["value"])
    # Without a column the record itself is at fault; without a value there was none.
    return "" if fault["column"] else _shortened(json.loads(raw) if raw.startswith('"') else raw)


def _shortened(value: str) -> str:
    text = safe(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def safe(value: str) -> str:
    """A text without characters that a terminal would act on; they are shown by their codes."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in value)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
