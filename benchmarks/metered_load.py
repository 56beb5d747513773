"""One load, or the floor that no load can go below; run in a process of its own by loading.py, prints its peak memory.

Belongs here: the two ways from a landing file to Parquet. Does not belong here: metering and comparing them.

The floor is DuckDB's own typed reader straight into Parquet, with the lake's compression, the same threads and the same
memory. It is spared what can be spared: it is told every type (nothing is guessed), need not keep the order of the rows
(a seventh cheaper), casts what it reads without asking whether the cast changed it, and imports nothing of the
pipeline. It knows no key, limit, list or pattern. Records that it cannot read it keeps in a table of its own
(store_rejects): with ignore_errors alone it lost four fifths of a file with stray quotes, without a word.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import duckdb

CONTRACT = Path(__file__).parents[1] / "data_contracts/inbound/transactions__order_lines.odcs.yaml"
MEMORY_LIMIT, THREADS = "1GB", 2


def connect() -> duckdb.DuckDBPyConnection:
    """A connection with what both may use."""
    con = duckdb.connect()
    con.execute(f"set memory_limit = '{MEMORY_LIMIT}'; set threads = {THREADS}; set TimeZone = 'UTC'")
    con.execute("set enable_progress_bar = false")
    return con


def floor(file: str, columns: dict[str, str], *, target: Path) -> None:
    """Read a file with DuckDB's own reader and write it as Parquet."""
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    if file.endswith(".jsonl"):
        options = "format = 'newline_delimited', ignore_errors = true"
        reader = f"read_json('{file}', columns = {{{types}}}, auto_detect = false, {options})"
    else:
        options = "header = true, delim = ',', quote = '\"', escape = '\"'"
        reader = (
            f"read_csv('{file}', columns = {{{types}}}, auto_detect = false, compression = 'none', "
            f"store_rejects = true, {options})"
        )
    with connect() as con:
        con.execute("set preserve_insertion_order = false")
        con.execute(f"copy (select * from {reader}) to '{target}' (format parquet, compression zstd)")


def load(file: str, *, home: Path) -> None:
    """Load a file into a new lake, as a night does."""
    from data_contracts.contract import load_contract
    from orchestration.ingestion.lake import Lake
    from orchestration.ingestion.loader import load_file
    from orchestration.ingestion.quarantine import Quarantine

    with connect() as con:
        load_file(
            con,
            load_contract(CONTRACT),
            Path(file),
            lake=Lake(home / "lake"),
            quarantine=Quarantine(home / "quarantine"),
            loaded_at=dt.datetime(2024, 6, 1, tzinfo=dt.UTC),
        )


def peak_memory() -> int:
    """Most resident bytes of this process; what the system tells of a finished child begins with its parent's."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


if __name__ == "__main__":
    way, path, types_of_columns, folder = sys.argv[1:]
    if way == "load":
        load(path, home=Path(folder))
    else:
        floor(path, json.loads(types_of_columns), target=Path(folder) / "rows.parquet")
    print(peak_memory())
