"""Running real nights in tests: in this process, or as the console command in another."""

from __future__ import annotations

import datetime as dt
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
from rich.console import Console

from orchestration.configuration.deployment import Deployment, load_deployment, tonight
from orchestration.console.night import NightOutcome, run_night
from orchestration.publishing.version_store import Version, VersionStore

TESSERA = Path(sys.executable).with_name("tessera")


@dataclass(frozen=True)
class Night:
    """A night that ran, and what it left."""

    deployment: Deployment
    outcome: NightOutcome
    shown: str

    @property
    def served(self) -> Version | None:
        return VersionStore(self.deployment.home.published).current()

    def mart(self, query: str) -> pd.DataFrame:
        """Query the served version's marts.duckdb, as an analyst would."""
        assert self.served is not None
        with duckdb.connect(str(self.served.path / "marts.duckdb"), read_only=True) as marts:
            return marts.execute(query).fetchdf()

    def warehouse(self, query: str) -> pd.DataFrame:
        """Query the warehouse."""
        with duckdb.connect(str(self.deployment.home.warehouse), read_only=True) as warehouse:
            return warehouse.execute(query).fetchdf()


def run(config: Path, home: Path, date: dt.date | None = None) -> Night:
    """Run a night in this process."""
    deployment = load_deployment(config, home)
    deployment.home.create()
    shown = io.StringIO()
    outcome = run_night(
        deployment,
        tonight(deployment, date),
        console=Console(file=shown, width=120),
        log=deployment.home.root / "night.log",
    )
    return Night(deployment=deployment, outcome=outcome, shown=shown.getvalue())


def environment(**values: str) -> dict[str, str]:
    """The environment of a user's shell, without what this one has set for Tessera and Dagster."""
    unset = ("TESSERA_", "DAGSTER_", "DBT_")
    return {name: value for name, value in os.environ.items() if not name.startswith(unset)} | values


def command(*arguments: str, cwd: Path, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    """Run the console command as a user would."""
    return subprocess.run(
        [str(TESSERA), *arguments],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
