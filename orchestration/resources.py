"""Dagster resources: the warehouse, the night's lock, and dbt.

Belongs here: what assets are handed to work with. Does not belong here: what they do with it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import duckdb

from orchestration.configuration.deployment import Deployment
from orchestration.errors import TesseraError
from orchestration.night_lock import night_lock
from orchestration.warm_dbt.client import ADDRESS, FINGERPRINT
from orchestration.warm_dbt.starting import warm_dbt


class WarehouseResource(dg.ConfigurableResource):
    """The DuckDB file that the night builds in: a cache that may be deleted between nights."""

    path: str
    time_zone: str
    memory_limit: str

    @contextmanager
    def connect(self, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the warehouse with the company's time zone and memory limit, and close it again.

        Raises:
            TesseraError: Another process has the file open.
        """
        try:
            connection = duckdb.connect(self.path, read_only=read_only)
        except duckdb.IOException as error:
            raise TesseraError(
                f"{self.path} cannot be opened",
                expected="a warehouse that no other process has open",
                found=str(error).splitlines()[0],
                fix="close the program that has it open (BI tools should read published/current/marts.duckdb)",
            ) from error
        try:
            connection.execute("set TimeZone = ?", [self.time_zone])
            connection.execute("set memory_limit = ?", [self.memory_limit])
            connection.execute("set threads = 2")
            yield connection
        finally:
            connection.close()


class NightLockResource(dg.ConfigurableResource):
    """Keeps a second run out of the same home for as long as this one lasts."""

    path: str

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[NightLockResource]:
        with night_lock(Path(self.path), owner=f"Dagster run {context.run_id}"):
            yield self


@contextmanager
def dbt_environment(deployment: Deployment, *, as_of_date: str, fingerprint: str) -> Iterator[None]:
    """What ``profiles.yml``, the macro ``tonight`` and warm dbt read, for the dbt processes started inside.

    Args:
        deployment: Whose warehouse and settings.
        as_of_date: The night, as YYYY-MM-DD.
        fingerprint: Of the parsed project; commands with the same one share what was parsed. Of the warehouse only the
            file's name is part of it, which is the same in every home.
    """
    values = {
        "TESSERA_WAREHOUSE": str(deployment.home.warehouse),
        "TESSERA_TIME_ZONE": deployment.settings.company.time_zone,
        "TESSERA_MEMORY_LIMIT": deployment.settings.memory_limit,
        "TESSERA_AS_OF_DATE": as_of_date,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        ADDRESS: warm_dbt().address(),
        FINGERPRINT: fingerprint,
        # Every query and its timing, a tenth of dbt's own time: what failed is told at level info with its SQL's file.
        "DBT_LOG_LEVEL_FILE": "info",
        # dagster-dbt looks for the partial parse in this folder and makes each run's folder below it.
        "DBT_TARGET_PATH": str(deployment.home.dbt / "target"),
    }
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
