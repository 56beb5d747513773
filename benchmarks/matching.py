"""What matching costs: a hundred thousand and a million records, a night's increment, and how the increment differs.

Belongs here: running the nights in processes of their own, the differences, and the table. Does not belong here: one
night (metered_matching.py), drawing the records (person_profiles.py).

CPU seconds are those of the whole process and, apart, those of its imports.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
from person_profiles import write_profiles
from rich.console import Console
from rich.table import Table

from data_contracts import sql_quoting as sql

HERE = Path(__file__).parent
MANY, FEW = 1_000_000, 100_000
MOST_CPU, MOST_BYTES, MOST_OF_FULL = 60.0, 2 * 2**30, 0.1
NEW_SHARE = 100


def night(file: Path, states: Path, *, before: str, date: str) -> dict[str, Any]:
    """Run one night of matching and return what it printed."""
    command = [sys.executable, str(HERE / "metered_matching.py"), str(file), str(states), before, date]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def differences(states: Path, *, full: str, increment: str) -> dict[str, int]:
    """How the customers of an increment differ from those of a full run over the same records, and why.

    A pair of records counts that one of the two runs has linked by a score and put together, and the other has not.
    """
    with duckdb.connect() as connection:
        for run, name in (("full", full), ("increment", increment)):
            connection.execute(
                f"create view {run}_run as from read_parquet({sql.path(states / f'{name}.map.parquet')});"
                f"create view {run}_scores as from read_parquet({sql.path(states / name / 'scores.parquet')})"
            )
        pairs = """
            select count(*), count(*) filter (where other.left_id is null) as never_compared,
                count(*) filter (where other.left_id is not null) as scored_otherwise
            from {one}_scores as scores
            inner join {one}_run as one_left on scores.left_id = one_left.profile_id
            inner join {one}_run as one_right
                on scores.right_id = one_right.profile_id and one_left.customer_id = one_right.customer_id
            inner join {two}_run as two_left on scores.left_id = two_left.profile_id
            inner join {two}_run as two_right
                on scores.right_id = two_right.profile_id and two_left.customer_id <> two_right.customer_id
            left join {two}_scores as other on scores.left_id = other.left_id and scores.right_id = other.right_id
        """
        found = {}
        for one, two in (("full", "increment"), ("increment", "full")):
            ((linked, unseen, otherwise),) = connection.execute(pairs.format(one=one, two=two)).fetchall()
            found |= {
                f"put together by the {one} run only": linked,
                f"- never compared by the {two} run": unseen,
                f"- scored otherwise by the {two} run": otherwise,
            }
    return found


def main() -> None:
    """Run the nights and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--records", type=int, default=MANY)
    records = parser.parse_args().records
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        files = {size: Path(folder) / f"{size}.parquet" for size in (FEW, records)}
        for size, file in files.items():
            write_profiles(file, size, seed=5)
        older = Path(folder) / "older.parquet"
        with duckdb.connect() as connection:
            connection.execute(
                f"copy (from read_parquet({sql.path(files[records])}) "
                f"where md5_number_lower(profile_id) % {NEW_SHARE} <> 0) to {sql.path(older)}"
            )
        states = Path(folder) / "states"
        runs = {
            f"full, {FEW:,} records": night(files[FEW], states, before="", date="2026-01-01"),
            f"full, {records:,} records": night(files[records], states, before="", date="2026-01-01"),
        }
        base = night(older, states, before="", date="2026-01-01")
        runs["increment of 1 %"] = night(files[records], states, before=base["state"], date="2026-01-02")
        few, full, increment = runs.values()
        differ = differences(states, full=full["state"], increment=increment["state"])
    table = Table(title="Matching")
    for heading in ("run", "CPU s", "of it imports", "peak MB", "pairs scored", "customers", "precision", "recall"):
        table.add_column(heading, justify="left" if heading == "run" else "right")
    for name, run in runs.items():
        table.add_row(
            name,
            f"{run['cpu']:.1f}",
            f"{run['imports']:.1f}",
            f"{run['memory'] / 1e6:,.0f}",
            f"{run['candidates']:,}",
            f"{run['customers']:,}",
            f"{run['precision']:.4f}",
            f"{run['recall']:.4f}",
        )
    console.print(table)
    growth = (full["cpu"] - full["imports"]) / (few["cpu"] - few["imports"])
    share = (increment["cpu"] - increment["imports"]) / (full["cpu"] - full["imports"])
    console.print(f"{records / FEW:.0f} times the records cost {growth:.1f} times the CPU")
    console.print(f"the increment costs {share:.3f} of a full run (at most {MOST_OF_FULL})")
    console.print("pairs on which increment and full run differ:")
    for name, pairs in differ.items():
        console.print(f"  {name}: {pairs:,}")
    if records == MANY:
        for name, value, most in (("CPU s", full["cpu"], MOST_CPU), ("bytes", full["memory"], MOST_BYTES)):
            console.print(f"{name}: {value:,.0f} (at most {most:,.0f}){'' if value <= most else '  MISSED'}")


if __name__ == "__main__":
    main()
