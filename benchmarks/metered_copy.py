"""What writing alone costs, in a process of its own: the families and schemes of one date, copied as they are.

Usage: metered_copy.py WAREHOUSE MEMORY_LIMIT. Of the last date of each table; nothing is computed.
"""

from __future__ import annotations

import sys
import tempfile

import duckdb

from data_contracts import sql_quoting as sql

_TABLES = """
    select schema_name, table_name from duckdb_tables()
    where database_name = 'company' and (
        schema_name = 'features' and starts_with(table_name, 'feat_customers__')
        or schema_name = 'segmentations' and starts_with(table_name, 'seg_customers__')
    )
    order by all
"""


def main() -> None:
    """Copy the tables into an empty database."""
    warehouse, memory_limit = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(f"{folder}/copy.duckdb") as con:
        con.execute(f"set threads = 2; set memory_limit = '{memory_limit}'; set preserve_insertion_order = false")
        con.execute(f"set enable_progress_bar = false; attach {sql.text(warehouse)} as company (read_only)")
        for schema, table in con.execute(_TABLES).fetchall():
            rows = f"company.{sql.identifier(schema)}.{sql.identifier(table)}"
            con.execute(
                f"create table {sql.identifier(table)} as from {rows} "
                f"where as_of_date = (select max(as_of_date) from {rows})"
            )


if __name__ == "__main__":
    main()
