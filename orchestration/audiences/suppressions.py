"""The list of who must not be contacted: read from a CSV, and found among customers.

Belongs here: reading the list, and whom it names. Does not belong here: what follows for audiences (dbt_project), where
the list lies (settings).

Nothing of what a line says is repeated in an error: it is somebody's address.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.audiences.identifiers import email_address, mailbox, phone_number
from orchestration.errors import TesseraError

# What a line may name somebody by. Other columns, such as a reason, are for people.
KINDS = ("email", "phone", "customer_ref", "customer_id")


@dataclass(frozen=True)
class SuppressionList:
    """Who must not be contacted, by what they are named by: mailboxes, numbers in E.164, references and ids."""

    named: dict[str, frozenset[str]] = field(default_factory=lambda: dict.fromkeys(KINDS, frozenset()))

    @property
    def entries(self) -> int:
        return sum(len(values) for values in self.named.values())

    def names(self, *, email: str | None, phone: str | None) -> bool:
        """Whether it names an address or number, both in one spelling."""
        is_email_named = email is not None and mailbox(email) in self.named["email"]
        return is_email_named or (phone is not None and phone in self.named["phone"])


def read_suppressions(file: Path | None) -> SuppressionList:
    """Read the list; an empty one where none is configured.

    Raises:
        TesseraError: The file is missing or no such list, or a line names nobody that could be found; says which line
            and column. A list that is read in part would let somebody be contacted.
    """
    if file is None:
        return SuppressionList()
    lines = _content(file).splitlines(keepends=True)
    header = lines[0] if lines else ""
    # Spreadsheets of many countries save with semicolons.
    rows = csv.DictReader(lines, delimiter=";" if header.count(";") > header.count(",") else ",", strict=True)
    columns = _columns(file, rows.fieldnames or ())
    named: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for row in _rows(file, rows):
        given = {kind: (row[column] or "").strip() for kind, column in columns.items()}
        if not any(given.values()):
            raise _fault(file, rows.line_num, "it names nobody", fix="fill in one of the columns, or remove the line")
        for kind, value in given.items():
            if value:
                named[kind].add(_value(file, rows.line_num, kind, value))
    return SuppressionList({kind: frozenset(values) for kind, values in named.items()})


def find_suppressed(connection: duckdb.DuckDBPyConnection, listed: SuppressionList) -> pa.Table:
    """Return which customers of the warehouse the list names, by any of their addresses, numbers and references.

    Returns:
        customer_id and suppressed_by (the first of email, phone, customer_ref, customer_id that names the customer),
        one row per customer, in their order.
    """
    if not listed.entries:
        return pa.table({"customer_id": pa.array([], pa.string()), "suppressed_by": pa.array([], pa.string())})
    entries = sorted((kind, value) for kind, values in listed.named.items() for value in values)
    connection.register(
        "suppression_entries",
        pa.table(
            {
                "kind": pa.array([kind for kind, _ in entries], pa.string()),
                "value": pa.array([value for _, value in entries], pa.string()),
            }
        ),
    )
    try:
        return connection.sql(
            """
            with known as (
                select customer_id, 'email' as kind, mailbox as value from identity.int_identity__contact_points
                union all
                select customer_id, 'phone', phone_number from identity.int_identity__contact_points
                union all
                select customer_id, 'customer_ref', customer_ref from identity.int_identity__contact_points
                union all
                select customer_id, 'customer_id', customer_id from identity.int_identity__contact_points
            )
            select
                known.customer_id,
                arg_min(known.kind, list_position(['email', 'phone', 'customer_ref', 'customer_id'], known.kind))
                    as suppressed_by
            from known
            inner join suppression_entries as entries on known.kind = entries.kind and known.value = entries.value
            group by known.customer_id
            order by known.customer_id
            """
        ).to_arrow_table()
    finally:
        connection.unregister("suppression_entries")


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        is_there = file.is_file()
        raise TesseraError(
            f"the list of suppressions {file} cannot be read",
            expected="a CSV file in UTF-8",
            found="a file that is not UTF-8 or may not be read" if is_there else "no such file",
            fix="save it as CSV UTF-8" if is_there else "deliver it, or correct suppressions.file in tessera.yml",
        ) from error


def _columns(file: Path, header: object) -> dict[str, str]:
    """The columns that name somebody, by what they name them by."""
    written = [str(name) for name in header] if isinstance(header, list | tuple) else []
    columns = {name.strip().lower(): name for name in written}
    found = {kind: columns[kind] for kind in KINDS if kind in columns}
    if not found or len(columns) != len(written):
        raise _fault(
            file,
            1,
            "it is no header of such a list" if not found else "a column is there twice",
            fix=f"name the columns {', '.join(KINDS)}, or some of them, in the first line",
        )
    return found


def _rows(file: Path, rows: csv.DictReader[str]) -> Iterator[dict[str, str]]:
    try:
        for row in rows:
            if None in row or None in row.values():
                raise _fault(file, rows.line_num, "it has more or fewer values than the header", fix="correct the line")
            yield row
    except csv.Error as error:
        # The reader below, as its own count ends with the last line that could be read.
        raise _fault(file, rows.reader.line_num, f"it is no line of CSV: {error}", fix="correct the quotes") from error


def _value(file: Path, line: int, kind: str, value: str) -> str:
    if kind == "email":
        address = email_address(value)
        if address is None:
            raise _fault(
                file, line, "the value in email is no e-mail address", fix="correct it, such as ann@mail.example"
            )
        return mailbox(address)
    if kind == "phone":
        number = phone_number(value)
        if number is None:
            raise _fault(file, line, "the value in phone is no international number", fix="write it as +49 176 1234567")
        return number
    return value


def _fault(file: Path, line: int, found: str, *, fix: str) -> TesseraError:
    return TesseraError(
        f"{file} line {line} cannot be taken as a suppression",
        expected=f"a value in {', '.join(KINDS[:-1])} or {KINDS[-1]}",
        found=found,
        fix=f"{fix}; nothing of the list was taken, so that nobody on it is contacted by mistake",
    )
