"""What a failed dbt test found, in words.

Belongs here: asking a failed singular test for its rows, which are made to be read. Does not belong here: tests of a
column, whose rows would show values of the data; deciding what a failure stops.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from data_contracts import sql_quoting as sql

SHOWN_ROWS = 3


def failing_rows(
    connection: duckdb.DuckDBPyConnection, run_results: Mapping[str, Any], manifest: Mapping[str, Any]
) -> dict[str, str]:
    """Return, by unique id, the first rows of every singular test that failed.

    Args:
        connection: The warehouse as dbt left it.
        run_results: dbt's ``run_results.json``.
        manifest: dbt's manifest.
    """
    told = {}
    for row in run_results["results"]:
        node = manifest["nodes"].get(row["unique_id"], {})
        is_singular = node.get("resource_type") == "test" and not node.get("test_metadata")
        if row["status"] in {"fail", "warn"} and is_singular and row.get("compiled_code"):
            told[row["unique_id"]] = _told(connection, row["compiled_code"], total=int(row["failures"] or 0))
    return told


def _told(connection: duckdb.DuckDBPyConnection, query: str, *, total: int) -> str:
    result = connection.execute(f"select * from ({query}\n) as failing limit {SHOWN_ROWS:d}")
    names = [column[0] for column in result.description or ()]
    rows = [
        ", ".join(f"{name} {sql.text(str(value))}" for name, value in zip(names, row, strict=True) if value is not None)
        for row in result.fetchall()
    ]
    more = [f"and {total - len(rows):,} more"] if total > len(rows) else []
    return "; ".join(rows + more)
