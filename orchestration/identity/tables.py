"""Small questions to the connection that matching works on.

Belongs here: reading single numbers and columns. Does not belong here: what is asked.
"""

from __future__ import annotations

from typing import Any

import duckdb


def single(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    """The one value of a query; read to its end, since Splink uses the same connection next."""
    ((value,),) = connection.execute(sql).fetchall()
    return value
