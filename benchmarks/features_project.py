"""dbt on the models that the features benchmark measures, in a warehouse of a generated company.

Belongs here: which models and inputs there are, as dbt's manifest has them, and running them. Does not belong here: the
company's content (generated_company.py), what is compared (features.py).
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import generated_company
from metered import Cost, watched

from orchestration.configuration.settings import Settings
from orchestration.prediction.tables import make_tables
from orchestration.repository import DBT_PROJECT

# What a deployment gives DuckDB if it says nothing else.
MEMORY_LIMIT = str(Settings.model_fields["memory_limit"].default)
MEASURED = ("models/features", "models/segmentations")
# Nights before the last day, so that the last day's night finds all other dates computed; all of them have 25 dates.
FIRST_NIGHT, SECOND_NIGHT, NEXT_NIGHT = (generated_company.LAST_DAY - dt.timedelta(days=days) for days in (2, 1, 0))
_SELECTED = [f"path:{folder}" for folder in MEASURED]
# Families and schemes with all that they are made of here; what is left of a night tells of them: moves, sizes, traits,
# boundaries, a row per customer.
_COMPUTED = ["path:models/features", "+seg_customers__*,path:models/segmentations"]
# What stands in the compiled SQL of a model that is computed date by date, day by day (macros/computed_now.sql) or for
# a part of the customers (macros/customer_parts.sql).
_AS_OF_MARK = "the date that is computed"
_ALL_CUSTOMERS = {"the number of parts": "1", "the part of the customers": "0"}
_HASHES = {"int_as_of__inputs", "int_days__inputs"}


def _variables() -> str:
    """Every scheme of the catalogue that rules of a model decide, and no source: the inputs are put in their places."""
    models = DBT_PROJECT / "models" / "segmentations"
    with (DBT_PROJECT / "seeds" / "scheme_catalog.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["method"] == "rule"]
    rows = [row for row in rows if (models / f"seg_customers__{row['scheme']}.sql").is_file()]
    schemes = [row["scheme"] for row in rows]
    return json.dumps(
        {
            "schemes": schemes,
            "catalog_schemes": schemes,
            "derived_schemes": [row["scheme"] for row in rows if row["segments"] == "derived"],
            "base_currency": "EUR",
            "history_code": "benchmark",
        }
    )


class Company:
    """A warehouse whose name is the same for every size, because dbt's compiled SQL names it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.warehouse = folder / "company.duckdb"
        self.target = folder / "target"

    def dbt(self, command: str, selected: list[str], *, night: dt.date, excluded: Iterable[str] = ()) -> Cost:
        """Run dbt in a process of its own."""
        environment = os.environ | {
            "TESSERA_WAREHOUSE": str(self.warehouse),
            "TESSERA_TIME_ZONE": generated_company.TIME_ZONE,
            "TESSERA_MEMORY_LIMIT": MEMORY_LIMIT,
            "TESSERA_AS_OF_DATE": night.isoformat(),
            "DBT_TARGET_PATH": str(self.target),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        project = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
        files = ["--log-path", str(self.folder / "logs"), "--vars", _variables()]
        dbt = str(Path(sys.executable).with_name("dbt"))
        models = ["--select", *selected, *(word for name in excluded for word in ("--exclude", name))]
        return watched([dbt, *command.split(), "--quiet", *project, *files, *models], environment)[1]

    def build_shapes(self) -> None:
        """Build everything up to the schemes without a row: the relations have the real models' columns.

        Nothing is foretold of anybody, so rules that can do without predictions do.
        """
        with self._connected() as con:
            make_tables(con)
        upstream = [f"+{path}" for path in _SELECTED]
        kinds = "build --exclude-resource-type unit_test --exclude-resource-type test"
        self.dbt(kinds, upstream, night=FIRST_NIGHT)

    def fill(self, lines: int) -> int:
        """Put a generated company in place of the inputs, its files beside it; return its number of order lines.

        What happens on the last day stays out until ``next_day``.
        """
        with self._connected() as con:
            generated_company.fill(con, self._inputs(), lines=lines)
            generated_company.write_parquet(con, self.folder / "files")
            written = con.execute("select count(*) from identity.int_identity__order_lines").fetchone()
            con.execute("create table main.last_day as from identity.int_identity__order_lines where false")
            con.execute(
                "insert into main.last_day from identity.int_identity__order_lines where order_date > ?", [SECOND_NIGHT]
            )
            con.execute("delete from identity.int_identity__order_lines where order_date > ?", [SECOND_NIGHT])
        return written[0] if written else 0

    def next_day(self) -> None:
        """Let the last day's order lines arrive."""
        with self._connected() as con:
            con.execute("insert into identity.int_identity__order_lines from main.last_day")

    def compute(self, night: dt.date) -> Cost:
        """Build features and schemes, as a night does."""
        return self.dbt("run", _COMPUTED, night=night)

    def tell(self, night: dt.date) -> Cost:
        """Build what a night tells of them afterwards."""
        return self.dbt("run", _SELECTED, night=night, excluded=_COMPUTED)

    def seconds_by_model(self) -> dict[str, float]:
        """Wall seconds of each model of the last run, as dbt saw them."""
        results = json.loads((self.target / "run_results.json").read_text(encoding="utf-8"))["results"]
        return {result["unique_id"].split(".")[-1]: result["execution_time"] for result in results}

    def computed_dates(self) -> int:
        """How many dates of the purchase family the last run has computed."""
        invocation = json.loads((self.target / "run_results.json").read_text(encoding="utf-8"))["metadata"]
        with self._connected() as con:
            counted = con.execute(
                "select count(*) from as_of_notes.feat_customers__purchases where computed_by = ?",
                [invocation["invocation_id"]],
            ).fetchone()
        return counted[0] if counted else 0

    def purchase_steps(self) -> list[tuple[str, str, str]]:
        """Relation, kind and SQL of the purchase family and of the feature models it needs, for the last night."""
        nodes = self._nodes()
        steps: dict[str, tuple[str, str, str]] = {}

        def add(key: str) -> None:
            node = nodes.get(key)
            # Without the inputs' hashes, which tell what is to be kept: here nothing is.
            if node is None or not _is_measured(node) or key in steps or node["name"] in _HASHES:
                return
            for parent in node["depends_on"]["nodes"]:
                add(parent)
            compiled = self.target / "compiled" / "tessera" / node["original_file_path"]
            kind = "view" if node["config"]["materialized"] == "view" else "table"
            dates = _every_day() if node["config"]["materialized"] == "day_history" else [NEXT_NIGHT]
            listed = "', '".join(date.isoformat() for date in dates)
            select = compiled.read_text(encoding="utf-8").replace(_AS_OF_MARK, listed)
            for mark, value in _ALL_CUSTOMERS.items():
                select = select.replace(mark, value)
            steps[key] = (f"{node['schema']}.{node['name']}", kind, select)

        add("model.tessera.feat_customers__purchases")
        return list(steps.values())

    def _nodes(self) -> dict[str, dict[str, Any]]:
        nodes: dict[str, dict[str, Any]] = json.loads((self.target / "manifest.json").read_text())["nodes"]
        return {key: node for key, node in nodes.items() if node["resource_type"] == "model"}

    def _inputs(self) -> list[str]:
        """What the measured models read that is none of them, as ``schema.name``."""
        nodes = self._nodes()
        read = {parent for node in nodes.values() if _is_measured(node) for parent in node["depends_on"]["nodes"]}
        inputs = [nodes[key] for key in sorted(read) if key in nodes and not _is_measured(nodes[key])]
        return [f"{node['schema']}.{node['name']}" for node in inputs]

    def _connected(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(str(self.warehouse), config={"threads": 2, "memory_limit": MEMORY_LIMIT})
        con.execute(f"set TimeZone = '{generated_company.TIME_ZONE}'; set preserve_insertion_order = false")
        con.execute("set enable_progress_bar = false")
        return con


def _every_day() -> list[dt.date]:
    days = (generated_company.LAST_DAY - generated_company.FIRST_DAY).days
    return [generated_company.FIRST_DAY + dt.timedelta(days=n) for n in range(days + 1)]


def _is_measured(node: dict[str, Any]) -> bool:
    return str(node["original_file_path"]).startswith(MEASURED)
