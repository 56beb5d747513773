"""dbt's macros outside dbt: those that only write SQL expressions need nothing of it but Jinja.

Belongs here: reading the macro files. Does not belong here: what is done with the expressions.
"""

from __future__ import annotations

from typing import Any

from jinja2 import Environment

from orchestration.repository import DBT_PROJECT


def macros(*files: str) -> Any:
    """Return the macros of some files (`folded` for `macros/folded.sql`), which may call one another, as functions."""
    sources = [(DBT_PROJECT / "macros" / f"{file}.sql").read_text(encoding="utf-8") for file in files]
    return Environment().from_string("\n".join(sources)).module  # noqa: S701  it writes SQL, no page
