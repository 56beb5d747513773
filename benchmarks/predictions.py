"""What the whole ml stage costs at a million customers: seconds by step, and memory.

Belongs here: the night that the customers come from, running every part in a process of its own, the table. Does not
belong here: growing the warehouse (grown_warehouse.py), one part (metered_ml.py).

    python benchmarks/predictions.py [--home HOME] [--customers 1000000]

Without a home a night of the simulated company is run first, which takes a few minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from grown_warehouse import grow
from metered import watched
from rich.console import Console
from rich.table import Table

from orchestration.configuration.settings import Settings
from orchestration.samples.sample import put_sample

HERE = Path(__file__).parent
CUSTOMERS = 1_000_000
MOST_BYTES = 4_000_000_000
PARTS = (
    "clusters",
    "predictions",
    "lifetime_value",
    "propensities",
    "psychographic",
    "needs",
    "needs_by_choices",
    "benefits",
)


def night(home: Path) -> Path:
    """Run a night of the simulated company and return its warehouse."""
    config = put_sample("company", home / "samples" / "company")
    environment = {**os.environ, "TESSERA_HOME": str(home), "TESSERA_CONFIG": str(config)}
    watched([sys.executable, str(HERE / "metered_night.py")], environment)
    return home / "warehouse.duckdb"


def main() -> None:
    """Measure every part and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--home", type=Path, help="of a night of the simulated company; its warehouse is only read")
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    memory_limit = Settings.model_fields["memory_limit"].default
    console = Console(width=120)
    with tempfile.TemporaryDirectory() as folder:
        source = options.home / "warehouse.duckdb" if options.home else night(Path(folder) / "home")
        warehouse = Path(folder) / "warehouse.duckdb"
        customers = grow(source, warehouse, customers=options.customers)
        table = Table(
            title=f"The ml stage at {customers:,} customers; 2 threads, {memory_limit} of the memory for DuckDB",
            title_justify="left",
        )
        for heading in ("part", "step", "CPU s", "wall s", "peak GB"):
            table.add_column(heading, justify="left" if heading in ("part", "step") else "right")
        most = 0
        for part in options.parts:
            command = [sys.executable, str(HERE / "metered_ml.py"), part, str(warehouse), str(Path(folder) / "models")]
            output, _ = watched([*command, memory_limit], {**os.environ, "PYTHONPATH": str(HERE.parent)})
            took = json.loads(output.splitlines()[-1])
            most = max(most, took["memory"])
            # The whole takes long: what has been measured is told at once.
            print(f"{part}: {sum(took['cpu'].values()):.0f} CPU s, {took['memory'] / 1e9:.1f} GB", file=sys.stderr)
            for number, (step, cpu) in enumerate(took["cpu"].items()):
                first = number == 0
                memory = f"{took['memory'] / 1e9:.1f}" if first else ""
                table.add_row(part if first else "", step, f"{cpu:.1f}", f"{took['wall'][step]:.1f}", memory)
            table.add_section()
    console.print(table)
    kept = "KEPT" if most <= MOST_BYTES else "NOT KEPT"
    console.print(f"at most {MOST_BYTES / 1e9:g} GB: {most / 1e9:.1f} GB, {kept}")


if __name__ == "__main__":
    main()
