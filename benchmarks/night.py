"""Where the CPU seconds of a night go, beside the floor that no pipeline can go below.

Belongs here: running the sample's night in an empty home, the floor in the same run, and the table. The floor is DuckDB
reading the columns that the night reads and grouping them by customer once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from metered import watched
from rich.console import Console
from rich.table import Table

from orchestration.samples.sample import put_sample

HERE = Path(__file__).parent
FLOOR = """
import duckdb, os, sys
con = duckdb.connect()
con.execute("set threads = 2")
before = os.times()
con.execute(
    "select household_id, count(distinct basket_id), min(transaction_timestamp), max(transaction_timestamp), "
    "sum(sales_value), sum(retail_disc), sum(quantity) from read_parquet(?) group by household_id", [sys.argv[1]]
).fetchall()
after = os.times()
print(after.user + after.system - before.user - before.system)
"""


def stages(night: dict[str, object]) -> dict[str, float]:
    """CPU seconds by stage."""
    found = {"ingestion": 0.0, "dbt": 0.0, "ml": 0.0, "checks": 0.0, "publish": 0.0}
    steps: dict[str, float] = night["steps"]  # type: ignore[assignment]
    for key, seconds in steps.items():
        if "contract__" in key or key == "marts__data_quality":
            found["checks"] += seconds
        elif key.startswith("raw__"):
            found["ingestion"] += seconds
        elif key.startswith("dbt_"):
            found["dbt"] += seconds
        elif key.startswith("publish__"):
            found["publish"] += seconds
        else:
            found["ml"] += seconds
    total: float = night["cpu"]  # type: ignore[assignment]
    return {"Dagster, imports, dbt parse": total - sum(found.values()), **found}


def main() -> None:
    """Run the night twice (first and again) and print both beside the floor."""
    console = Console(width=110)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        config = put_sample("completejourney", home / "samples" / "completejourney")
        environment = {**os.environ, "TESSERA_HOME": str(home), "TESSERA_CONFIG": str(config)}
        floor = float(
            subprocess.check_output([sys.executable, "-c", FLOOR, str(config.parent / "transactions.parquet")])
        )
        began = time.perf_counter()
        runs = []
        for _ in range(2):
            output, cost = watched([sys.executable, str(HERE / "metered_night.py")], environment)
            runs.append((json.loads(output.strip().splitlines()[-1]), cost.memory))
    table = Table(title="CPU seconds of a night on Complete Journey (1.47 million order lines)", title_justify="left")
    for heading in ("stage", "first night", "same files again"):
        table.add_column(heading, justify="left" if heading == "stage" else "right")
    parts = [stages(night) for night, _ in runs]
    for stage in parts[0]:
        table.add_row(stage, *(f"{part[stage]:.1f}" for part in parts))
    table.add_section()
    table.add_row("all CPU seconds", *(f"{night['cpu']:.1f}" for night, _ in runs))
    table.add_row("wall seconds", *(f"{night['wall']:.1f}" for night, _ in runs))
    table.add_row("peak memory, MB", *(f"{peak / 1e6:,.0f}" for _, peak in runs))
    table.add_section()
    table.add_row("floor: one read and group-by", f"{floor:.2f}", f"{floor:.2f}")
    table.add_row("night / floor", *(f"{night['cpu'] / floor:,.0f}" for night, _ in runs))
    console.print(table)
    layers = Table(title="Inside dbt: seconds in DuckDB by layer, second night", title_justify="left")
    layers.add_column("layer")
    layers.add_column("seconds", justify="right")
    for layer, seconds in sorted(runs[1][0]["sql"].items(), key=lambda item: -item[1]):
        layers.add_row(layer, f"{seconds:.2f}")
    console.print(layers)
    console.print(f"measured in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
