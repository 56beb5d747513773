"""What features and rule schemes cost, beside the floor that they cannot go below and beside polars and pandas.

Belongs here: making the companies, every measurement in a process of its own, holding the three ways of the purchase
family against each other, and the tables. Does not belong here: the company's content (generated_company.py), running
dbt (features_project.py).

CPU seconds and peak memory are those of the whole process tree, imports included.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
from features_project import FIRST_NIGHT, MEMORY_LIMIT, NEXT_NIGHT, SECOND_NIGHT, Company
from metered import Cost, watched
from rich.console import Console
from rich.table import Table

from data_contracts import sql_quoting as sql

HERE = Path(__file__).parent
REPOSITORY = HERE.parent
FEW, MANY, HARDLY_ANY = 1_000_000, 10_000_000, 1_000
# What is aimed at for ten million lines, dbt's start-up taken off.
MOST_FIRST_NIGHT, MOST_NEXT_NIGHT, MOST_BYTES = 4.0, 2.0, 2_000_000_000
FLOOR, COPY, FIRST, NEXT, OURS = (
    "floor: forty features in one group-by",
    "floor of writing: tonight's tables, copied",
    "first night, 25 dates: features and schemes",
    "next night: features and schemes",
    "DuckDB, our SQL",
)
# What a night makes of them besides, which the aims are not about.
FIRST_TOLD, NEXT_TOLD = "first night: moves, traits, customers", "next night: moves, traits, customers"
NIGHTS = (FIRST, FIRST_TOLD, NEXT, NEXT_TOLD)
# Sums that the three ways must agree on: every kind of aggregate once, and what rests on the order of days. The trend
# is not among them: the SQL leaves it unknown where the last 90 days are empty.
_COMPARED = (
    "order_count",
    "order_days_90d_count",
    "net_revenue_365d_amount",
    "margin_amount",
    "discounted_units_365d_share",
    "weekend_order_days_365d_share",
    "order_gap_median_days",
    "returned_after_days",
    "returned_usual_gap_days",
    "days_since_last_order",
)


@dataclass(frozen=True)
class Measured:
    """One size of company: costs by row, and what dbt says of its models."""

    lines: int
    costs: dict[str, Cost]
    models: dict[str, dict[str, float]]


def child(script: str, *arguments: str) -> Cost:
    """Run one of the scripts beside this one."""
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "POLARS_MAX_THREADS": "2"}
    return watched([sys.executable, str(HERE / script), *arguments], environment)[1]


def cheapest(measure: Callable[[], Cost], runs: int) -> Cost:
    """The run with the least CPU: what others do on the machine only ever adds."""
    return min((measure() for _ in range(runs)), key=lambda cost: cost.cpu)


def agree(outputs: dict[str, Path]) -> None:
    """Make sure that all ways found the same, up to the rounding of doubles."""
    sums = ", ".join(f"sum(cast({name} as double)), count({name})" for name in _COMPARED)
    found = {}
    with duckdb.connect() as con:
        for way, file in outputs.items():
            found[way] = con.execute(f"select count(*), {sums} from read_parquet({sql.path(file)})").fetchone() or ()
    expected, *others = found.values()
    for other in others:
        if any(abs(one - two) > 1e-9 * abs(one) for one, two in zip(expected, other, strict=True)):
            sys.exit(f"the ways do not agree: {found}")


def purchases(company: Company, runs: int) -> dict[str, Cost]:
    """The purchase family of one date in three ways."""
    files, steps = company.folder / "files", company.folder / "steps.json"
    steps.write_text(json.dumps(company.purchase_steps()), encoding="utf-8")
    outputs = {way: company.folder / f"{way}.parquet" for way in ("ours", "polars", "pandas")}
    costs = {
        f"purchases, one date: {OURS}": cheapest(
            lambda: child("metered_purchases.py", str(files), str(steps), str(outputs["ours"]), MEMORY_LIMIT), runs
        ),
        **{
            f"purchases, one date: {way}": cheapest(
                lambda way=way: child(f"purchases_in_{way}.py", str(files), str(outputs[way])), runs
            )
            for way in ("polars", "pandas")
        },
    }
    agree(outputs)
    return costs


def measure(shapes: Company, folder: Path, lines: int, *, runs: int) -> Measured:
    """Measure one size of company; its folder is deleted afterwards."""
    shutil.copytree(shapes.folder, folder)
    company = Company(folder)
    written = company.fill(lines)
    empty = folder / "empty.duckdb"
    shutil.copy(company.warehouse, empty)
    nights: dict[str, list[Cost]] = {name: [] for name in NIGHTS}
    models: dict[str, dict[str, float]] = {}

    def run(night: dt.date, computed: str, told: str, *, dates: int) -> None:
        nights[computed].append(company.compute(night))
        models[computed] = company.seconds_by_model()
        _expect_dates(company, dates)
        nights[told].append(company.tell(night))
        models[computed] |= company.seconds_by_model()

    for _ in range(runs):
        shutil.copy(empty, company.warehouse)
        run(FIRST_NIGHT, FIRST, FIRST_TOLD, dates=25)
        # The night after a first night also compacts what that one wrote in pieces; it is done once, and not measured.
        company.compute(SECOND_NIGHT)
        company.tell(SECOND_NIGHT)
        company.next_day()
        run(NEXT_NIGHT, NEXT, NEXT_TOLD, dates=1)
    costs = {
        FLOOR: cheapest(lambda: child("metered_floor.py", str(company.warehouse), MEMORY_LIMIT), runs),
        COPY: cheapest(lambda: child("metered_copy.py", str(company.warehouse), MEMORY_LIMIT), runs),
        **{name: min(nights[name], key=lambda cost: cost.cpu) for name in NIGHTS},
        **purchases(company, runs),
    }
    shutil.rmtree(folder)
    return Measured(written, costs, models)


def _expect_dates(company: Company, dates: int) -> None:
    if (computed := company.computed_dates()) != dates:
        sys.exit(f"{dates} dates should have been computed, and {computed} were")


def show(measured: Measured, start_up: Measured, console: Console) -> dict[str, float]:
    """Print the table of one size; return how many times the floor the nights cost without dbt's start-up."""
    table = Table(
        title=f"Features and rule schemes of {measured.lines:,} order lines; 2 threads, {MEMORY_LIMIT} for DuckDB",
        title_justify="left",
    )
    table.add_column("what")
    for heading in ("CPU s", "wall s", "peak MB", "CPU / floor"):
        table.add_column(heading, justify="right")
    floor, ratios = measured.costs[FLOOR].cpu, {}

    def add(name: str, cost: Cost, memory: str = "") -> None:
        table.add_row(name, f"{cost.cpu:.1f}", f"{cost.wall:.1f}", memory, f"{cost.cpu / floor:.2f}")

    for name, cost in measured.costs.items():
        add(name, cost, f"{cost.memory / 1e6:,.0f}")
        if name in NIGHTS:
            started = start_up.costs[name]
            add(f"- of it dbt itself: the same on {start_up.lines:,} lines", started, f"{started.memory / 1e6:,.0f}")
            without = Cost(cost.cpu - started.cpu, cost.wall - started.wall, cost.memory)
            add("- without it", without)
            ratios[name] = without.cpu / floor
        if name in (COPY, NEXT_TOLD):
            table.add_section()
    console.print(table)
    return ratios


def show_models(measured: Measured, console: Console) -> None:
    """Print where the nights' seconds go."""
    table = Table(
        title=f"Wall seconds by model, {measured.lines:,} lines (models run one at a time)", title_justify="left"
    )
    table.add_column("model")
    for heading in ("first night, 25 dates", "next night"):
        table.add_column(heading, justify="right")
    first, following = measured.models[FIRST], measured.models[NEXT]
    for model in sorted(first, key=lambda name: -first[name]):
        if max(first[model], following[model]) >= 0.1:
            table.add_row(model, f"{first[model]:.1f}", f"{following[model]:.1f}")
    table.add_section()
    table.add_row("all", f"{sum(first.values()):.1f}", f"{sum(following.values()):.1f}")
    console.print(table)


def show_growth(few: Measured, many: Measured, start_up: Measured, console: Console) -> None:
    """Print how costs grow from one size to the other."""
    times = many.lines / few.lines
    table = Table(title=f"Growth: {times:.1f} times the lines; nights without dbt's start-up", title_justify="left")
    table.add_column("what")
    for heading in (f"CPU s, {few.lines:,}", f"CPU s, {many.lines:,}", "times CPU", "times memory"):
        table.add_column(heading, justify="right")
    for name, cost in few.costs.items():
        off = start_up.costs[name].cpu if name in NIGHTS else 0.0
        small, large = cost.cpu - off, many.costs[name].cpu - off
        memory = many.costs[name].memory / cost.memory
        table.add_row(name, f"{small:.1f}", f"{large:.1f}", f"{large / small:.1f}", f"{memory:.1f}")
    console.print(table)


def main() -> None:
    """Make the companies, measure them, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help=f"only {FEW:,} lines")
    parser.add_argument("--lines", type=int, help="only so many lines")
    parser.add_argument("--runs", type=int, default=1, help="runs of everything; the one with the least CPU counts (1)")
    chosen = parser.parse_args()
    sizes = [chosen.lines] if chosen.lines else [FEW] if chosen.quick else [FEW, MANY]
    console, began = Console(width=120), time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shapes = Company(folder / "shapes")
        shapes.folder.mkdir()
        shapes.build_shapes()
        start_up = measure(shapes, folder / "hardly-any", HARDLY_ANY, runs=2)
        measured = []
        for lines in sizes:
            measured.append(measure(shapes, folder / str(lines), lines, runs=chosen.runs))
            ratios = show(measured[-1], start_up, console)
            show_models(measured[-1], console)
    if len(measured) > 1:
        show_growth(*measured, start_up, console)
    console.print("SQL, polars and pandas agree on the purchase family")
    if sizes[-1] >= MANY:
        memory = max(measured[-1].costs[night].memory for night in NIGHTS)
        for name, value, most in (
            (FIRST, ratios[FIRST], MOST_FIRST_NIGHT),
            (NEXT, ratios[NEXT], MOST_NEXT_NIGHT),
            ("memory, GB", memory / 1e9, MOST_BYTES / 1e9),
        ):
            console.print(f"{name}: {value:.2f} (at most {most:.1f}): {'kept' if value <= most else 'NOT KEPT'}")
    console.print(f"measured in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
