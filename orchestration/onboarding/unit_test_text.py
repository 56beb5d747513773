"""The dbt unit test of a drafted staging model.

Belongs here: choosing a few records, and the text of the test with what the model makes of them. Does not belong here:
making values up (made_up_values.py).
"""

from __future__ import annotations

import datetime as dt
import json
import textwrap
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from data_contracts import sql_quoting as sql
from orchestration.onboarding.compiled import compiled_sql
from orchestration.onboarding.made_up_values import MadeUpValues
from orchestration.onboarding.profile import FileProfile

RECORDS = 3
# What a model makes under both is its own doing; what differs is the deployment's.
_ZONES = ("UTC", "Pacific/Auckland")
_CURRENCIES = ("USD", "EUR")


def unit_test_text(
    con: duckdb.DuckDBPyConnection, profile: FileProfile, model: str, *, contract: str, loaded: str, project: Path
) -> str:
    """One entry for the list ``unit_tests``.

    Args:
        con: Can read ``loaded``.
        profile: The file's columns.
        model: Text of the staging model.
        contract: The contract's name.
        loaded: SQL of the loaded rows, typed, with ``_batch_sequence`` and ``_row_number``.
        project: The project, for its macros.
    """
    source, _, table = contract.partition("__")
    given = _given(con, profile, loaded)
    columns, expected, left_out = _expected(con, model, given, project)
    told = "Records in the shape of the file it was drafted from, with made-up values, give these columns."
    if left_out:
        told += f" Not compared, since they depend on the deployment: {', '.join(left_out)}."
    lines = [
        f"  - name: test_stg_{contract}__gives_the_canonical_columns",
        "    description: >-",
        *textwrap.wrap(told, 118, initial_indent=" " * 6, subsequent_indent=" " * 6),
        f"    model: stg_{contract}",
        "    config:",
        f"      enabled: \"{{{{ '{contract}' in var('sources_on') }}}}\"",
        "    given:",
        f"      - input: source('{source}', '{table}')",
        "        format: sql",
        "        rows: |",
        *(f"          {line}" for line in given.splitlines()),
        "    expect:",
        "      rows:",
    ]
    for row in expected:
        fields = ", ".join(f"{name}: {_yaml(value)}" for name, value in zip(columns, row, strict=True))
        lines.append(f"        - {{{fields}}}")
    return "\n".join(lines) + "\n"


def _given(con: duckdb.DuckDBPyConnection, profile: FileProfile, loaded: str) -> str:
    """A select of some records with made-up values; the first names and types the columns."""
    names = [column.name for column in profile.columns]
    types = [column.type.physical for column in profile.columns]
    made_up = MadeUpValues()
    listed = ", ".join(map(sql.identifier, names))
    rows = con.execute(f"with loaded as ({loaded}) select {listed} from loaded where {_chosen(profile)}").fetchall()
    selects = []
    for number, row in enumerate(rows, start=1):
        values = [made_up.value(column, value) for column, value in zip(profile.columns, row, strict=True)]
        fields = [f"{_literal(value, kind)} as {name}" for value, kind, name in zip(values, types, names, strict=True)]
        fields += ["1 as _batch_sequence", f"{number} as _row_number"]
        selects.append("select\n    " + ",\n    ".join(fields))
    return "\nunion all\n".join(selects)


def _chosen(profile: FileProfile) -> str:
    """The first records, and the first that takes something back."""
    negative = [f"{c.name} < 0" for c in profile.columns if c.is_negative and c.type.physical != "varchar"][:3]
    first = f"_row_number in (select _row_number from loaded order by _row_number limit {RECORDS})"
    if not negative:
        return f"{first} order by _row_number"
    some = f"select min(_row_number) from loaded where {' or '.join(negative)}"
    return f"({first} or _row_number = ({some})) order by _row_number"


def _expected(
    con: duckdb.DuckDBPyConnection, model: str, given: str, project: Path
) -> tuple[list[str], list[tuple[Any, ...]], list[str]]:
    """Column names and rows that the model gives, and the columns that depend on zone or currency."""
    results: list[list[tuple[Any, ...]]] = []
    for zone, currency in zip(_ZONES, _CURRENCIES, strict=True):
        con.execute(f"set TimeZone = {sql.text(zone)}")
        model_sql = compiled_sql(model, project=project, relation=f"({given})", variables={"base_currency": currency})
        described = con.execute(f"describe {model_sql}").fetchall()
        names = [str(name) for name, *_ in described]
        # Compared as moments: their text depends on the zone even where they do not.
        moments = [kind == "TIMESTAMP WITH TIME ZONE" for _, kind, *_ in described]
        shown = [f"epoch_us({n})" if is_moment else n for n, is_moment in zip(names, moments, strict=True)]
        rows = con.execute(f"select {', '.join(shown)} from ({model_sql}) as model order by all").fetchall()
        results.append([tuple(map(_value, row, moments)) for row in rows])
    con.execute("set TimeZone = 'UTC'")
    first, second = results
    varying = [name for place, name in enumerate(names) if [r[place] for r in first] != [r[place] for r in second]]
    kept = [place for place, name in enumerate(names) if name not in varying]
    return [names[place] for place in kept], [tuple(row[place] for place in kept) for row in first], varying


def _value(value: Any, is_moment: bool) -> Any:
    if value is None or not is_moment:
        return value
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=value)


def _literal(value: Any, physical: str) -> str:
    """A value as SQL that DuckDB and Jinja read as it is."""
    shown = physical.replace(",", ", ")
    if value is None:
        return f"cast(null as {shown})"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return f"cast({value} as {shown})"
    if isinstance(value, dt.datetime):
        return f"timestamptz {sql.text(_utc(value))}"
    if isinstance(value, dt.date):
        return f"date {sql.text(str(value))}"
    return sql.text(_plain(str(value)))


def _plain(text: str) -> str:
    """A text on one line that dbt does not take for Jinja."""
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return line.replace("{", "(").replace("}", ")").strip()[:80]


def _utc(value: dt.datetime) -> str:
    moment = value.astimezone(dt.UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S") + (f".{moment.microsecond:06d}" if moment.microsecond else "") + "+00"


def _yaml(value: Any) -> str:
    writers: Sequence[tuple[Any, Callable[[Any], str]]] = (
        (bool, lambda item: "true" if item else "false"),
        (int, str),
        (float, repr),
        (Decimal, lambda item: f"{item:f}"),
        (dt.datetime, lambda item: json.dumps(_utc(item))),
    )
    if value is None:
        return "null"
    for kind, write in writers:
        if isinstance(value, kind):
            return write(value)
    return json.dumps(str(value), ensure_ascii=False)
