"""The one place where names and values become SQL text.

Belongs here: quoting of identifiers, literals and paths. Does not belong here: anything that knows what a
contract is.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def identifier(name: str) -> str:
    """Quote a column, table or schema name."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Quote a text value.

    Raises:
        ValueError: When the value holds a NUL, which no SQL text can carry.
    """
    if "\0" in value:
        raise ValueError("a text literal cannot hold a NUL character")
    return "'" + value.replace("'", "''") + "'"


def number(value: int | float) -> str:
    """Write a finite number so that it is read back exactly."""
    if isinstance(value, bool) or value != value or value in (float("inf"), float("-inf")):
        raise ValueError(f"{value!r} is not a finite number")
    return str(value) if isinstance(value, int) else f"cast({text(repr(value))} as double)"


def path(value: Path) -> str:
    """Quote a file path as DuckDB's readers and writers take it."""
    return text(str(value))


def text_list(values: Iterable[str]) -> str:
    """A bracketed list of text literals, ``['a', 'b']``."""
    return "[" + ", ".join(text(value) for value in values) + "]"
