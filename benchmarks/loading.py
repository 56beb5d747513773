"""What loading order lines costs, beside the floor that no load can go below.

Belongs here: making the files, both ways in processes of their own, holding what arrived against what was planted, and
the table. Does not belong here: the two ways themselves (metered_load.py), the files' content (order_lines_file.py).

CPU seconds and peak memory are those of the whole process, imports included.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
from metered import Cost
from metered_load import CONTRACT, MEMORY_LIMIT, THREADS
from order_lines_file import COLUMNS, write_order_lines
from rich.console import Console
from rich.table import Table

from data_contracts import sql_quoting as sql
from data_contracts.contract import load_contract
from orchestration.ingestion.lake import Batch, Lake
from orchestration.ingestion.quarantine import Quarantine

HERE = Path(__file__).parent
FOR_INFORMATION = 1_000_000
# What is asked of ten million lines; for few lines the imports count more than the loading.
MANY, MOST_TIMES_THE_FLOOR, MOST_BYTES = 10_000_000, 3.0, 2_000_000_000


def metered(way: str, file: Path, home: Path) -> Cost:
    """Run one way in a process of its own."""
    contract = load_contract(CONTRACT)
    types = {name: contract.column(name).physical_type for name in COLUMNS}
    command = [sys.executable, str(HERE / "metered_load.py"), way, str(file), json.dumps(types), str(home)]
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    printed = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - began, int(printed))


def arrived(home: Path, planted: Path, *, rows: int) -> Batch:
    """The batch that a load committed, once it is sure that exactly the planted records were turned away.

    The record numbers in the lake and those in quarantine must be every number once, and the reasons the planted ones.
    """
    table = load_contract(CONTRACT).name
    (batch,) = Lake(home / "lake").live_batches(table)
    kept = sql.path(Lake(home / "lake").rows_path(batch))
    turned_away = sql.path(Quarantine(home / "quarantine").path(table, batch.batch_id))
    with duckdb.connect() as con:
        numbers = con.execute(f"""
            with numbers as (
                select _row_number as n from read_parquet({kept})
                union all
                select record_number from read_parquet({turned_away})
            )
            select count(*), count(distinct n), min(n), max(n) from numbers
        """).fetchall()
        differing = con.execute(f"""
            with found as (
                select record_number, unnest(reasons).reason as reason from read_parquet({turned_away})
            ), planted as (
                select record_number, reason from read_parquet({sql.path(planted)})
            )
            (from found except all from planted) union all (from planted except all from found)
        """).fetchall()
    if numbers != [(rows, rows, 1, rows)] or batch.good + batch.rejected != rows or differing:
        sys.exit(
            f"{batch.file}: not every record arrived once, or not the planted ones were turned away: {differing[:5]}"
        )
    return batch


def main() -> None:
    """Make the files, meter both ways on each, print them side by side."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=MANY, help="lines of the large file (10 million)")
    parser.add_argument("--runs", type=int, default=2, help="runs of each way; the one with the least CPU counts (2)")
    chosen = parser.parse_args()
    fewer = min(chosen.rows, FOR_INFORMATION)
    console, began = Console(width=110), time.perf_counter()
    table = Table(
        title="Order lines by DuckDB's typed reader into zstd Parquet (floor), and into the lake with contract checks "
        f"and with quarantine; {THREADS} threads, {MEMORY_LIMIT} for the database, best of {chosen.runs}",
        title_justify="left",
    )
    table.add_column("file")
    for heading in ("rows", "turned away", "wall s", "CPU s", "peak MB", "CPU / floor"):
        table.add_column(heading, justify="right")
    ratio, memory = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        for title, name, rows in (
            ("CSV", "lines.csv", chosen.rows),
            ("CSV, newlines in quotes", "newlines.csv", fewer),
            ("JSON lines", "lines.jsonl", fewer),
        ):
            file = Path(folder) / name
            planted = write_order_lines(file, rows=rows, newlines=name == "newlines.csv")
            ways = {"floor": [], "load": []}
            for run in range(chosen.runs):
                for way, costs in ways.items():
                    home = Path(folder) / f"{name}-{way}-{run}"
                    home.mkdir()
                    costs.append(metered(way, file, home))
            batch = arrived(Path(folder) / f"{name}-load-0", planted, rows=rows)
            floor, load = (min(costs, key=lambda cost: cost.cpu) for costs in ways.values())
            table.add_section()
            table.add_row(
                f"{title}: floor",
                f"{rows:,}",
                "",
                f"{floor.wall:.1f}",
                f"{floor.cpu:.1f}",
                f"{floor.memory / 1e6:,.0f}",
                "",
            )
            table.add_row(
                f"{title}: load",
                f"{rows:,}",
                f"{batch.rejected:,}",
                f"{load.wall:.1f}",
                f"{load.cpu:.1f}",
                f"{load.memory / 1e6:,.0f}",
                f"{load.cpu / floor.cpu:.2f}",
            )
            if name == "lines.csv":
                ratio, memory = load.cpu / floor.cpu, max(cost.memory for cost in ways["load"])
    console.print(table)
    console.print("every record arrived once, in the lake or in quarantine; exactly the planted ones were turned away")
    if chosen.rows >= MANY:
        kept = ratio <= MOST_TIMES_THE_FLOOR and memory <= MOST_BYTES
        limits = f"{MOST_TIMES_THE_FLOOR:.1f} times the floor and {MOST_BYTES / 1e6:,.0f} MB"
        console.print(f"the large CSV may cost {limits}: {'kept' if kept else 'NOT KEPT'}")
    console.print(f"measured in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
