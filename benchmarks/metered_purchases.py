"""The purchase family for one date by this project's SQL, without the night; run in a process of its own.

Usage: metered_purchases.py FILES STEPS OUT MEMORY_LIMIT. FILES is the folder of generated_company's Parquet files,
STEPS a JSON file of [relation, kind, SQL] in order; the last relation is the family.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import duckdb
from generated_company import TIME_ZONE

from data_contracts import sql_quoting as sql

_FILES = {
    "identity.int_identity__order_lines": "order_lines",
    "identity.int_identity__customers": "customers",
    "canonical.int_canonical__products": "products",
}


def main() -> None:
    """Run the steps on the files and write the last one's rows."""
    files, steps, out, memory_limit = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(f"{folder}/company.duckdb") as con:
        con.execute(f"set threads = 2; set memory_limit = '{memory_limit}'; set preserve_insertion_order = false")
        con.execute(f"set TimeZone = '{TIME_ZONE}'; set enable_progress_bar = false")
        con.execute("create schema identity; create schema canonical; create schema features")
        for relation, file in _FILES.items():
            con.execute(f"create view {relation} as from read_parquet({sql.path(Path(files) / f'{file}.parquet')})")
        family = ""
        for family, kind, select in json.loads(Path(steps).read_text(encoding="utf-8")):
            con.execute(f"create {kind} {family} as {select}")
        con.execute(f"copy (from {family}) to {sql.path(Path(out))}")


if __name__ == "__main__":
    main()
