"""A scheme's worked example: the dbt unit test that tells one customer's case, as a story and tables.

Belongs here: running rows that are SQL, leaving out what only keeps the books, laying tables out. Does not belong here:
whether the test passes (dbt tests it).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from scripts.pages.markdown import code, table

Row = Mapping[str, Any]
# What makes the rows complete and is no part of the case, if it is the same in all of them.
_BOOKKEEPING = frozenset(
    {"as_of_date", "is_tonight", "boundaries_set_date", "previous_boundaries_set_date", "previous_as_of_date", "scheme"}
)
# Reasons repeat the values that are given.
_NOT_SHOWN = frozenset({"reasons"})


def worked_example(test: Mapping[str, Any], *, segment_names: Mapping[str, str]) -> str:
    """The story, what is given and what comes of it.

    Args:
        test: The unit test, as its YAML has it.
        segment_names: The scheme's segments by code.
    """
    parts = [" ".join(test["description"].split())]
    for given in test["given"]:
        name = re.sub(r"^(?:ref|source)\(|['\"\s)]", "", given["input"]).split(",")[-1]
        rows = _told(_rows(given))
        # Of the dates only the books are kept.
        if name != "as_of_dates" and rows:
            parts += [f"Given in {code(name)}:", _laid_out(rows)]
    expected = [_named(row, segment_names) for row in _told(_rows(test["expect"]))]
    return "\n\n".join([*parts, "The scheme says:", _laid_out(expected)])


def _rows(fixture: Mapping[str, Any]) -> list[Row]:
    rows = fixture["rows"]
    kind = fixture.get("format", "dict")
    if kind == "dict":
        return list(rows)
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(rows)))
    with duckdb.connect() as connection:
        found = connection.execute(rows)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _told(rows: Sequence[Row]) -> list[Row]:
    """The rows without the books, and without what nobody in them has."""
    hidden = set(_NOT_SHOWN)
    for name in {name for row in rows for name in row}:
        values = {_written(row.get(name)) for row in rows}
        if len(values) == 1 and (name in _BOOKKEEPING or values == {_written(None)}):
            hidden.add(name)
    if all(row.get("segment_code_on_previous_boundaries") in (None, row.get("segment_code")) for row in rows):
        hidden.add("segment_code_on_previous_boundaries")
    return [shown for row in rows if (shown := {name: row[name] for name in row if name not in hidden})]


def _named(row: Row, segment_names: Mapping[str, str]) -> Row:
    """The row with the names of its segments beside their codes."""
    return {
        name: _segment(value, segment_names) if name.startswith("segment_code") and value else value
        for name, value in row.items()
    }


def _segment(segment_code: str, segment_names: Mapping[str, str]) -> str:
    """The segment's name and code; a code alone for a segment that only the data give."""
    name = segment_names.get(segment_code)
    return f"{name} ({code(segment_code)})" if name else code(segment_code)


def _laid_out(rows: Sequence[Row]) -> str:
    """A table with a line for each row; one customer's many values stand below one another."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(rows) == 1:
        return table(["column", "value"], [[code(name), _written(rows[0][name])] for name in names])
    return table([code(name) for name in names], [[_written(row.get(name)) for name in names] for row in rows])


def _written(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return ", ".join(_written(each) for each in value)
    return str(value)
