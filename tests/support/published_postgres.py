"""Versions published into a PostgreSQL server: what tests of it do over and over.

Belongs here: publishing small versions, asking what is shown, starting the worker. Does not belong here: assertions on
one subject.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from orchestration.configuration.postgres_publication import PostgresPublication
from orchestration.postgres_publication.serving import Served, serve_in_postgres
from orchestration.publishing.mart_writer import MartRelation
from orchestration.publishing.publisher import publish
from orchestration.publishing.version_store import VersionStore
from orchestration.repository import ROOT
from tests.support.postgres_server import Postgres
from tests.support.postgres_worker import AT_ONCE, CONNECTION

WORKER = Path(__file__).with_name("postgres_worker.py")
MARKERS = ROOT / "tests" / "unit" / "publishing"
SETTINGS = PostgresPublication(connection=CONNECTION, keep_versions=2, readers=["reader"])


def serve(root: Path, settings: PostgresPublication = SETTINGS) -> Served:
    return serve_in_postgres(VersionStore(root), settings)


def publish_query(root: Path, query: str, *, name: str = "things", keys: tuple[str, ...] = ("id",)) -> None:
    """Publish a version with one mart, made by a query."""
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'; create schema marts")
        con.execute(f'create table marts."{name}" as {query}')
        mart = MartRelation(
            name=name,
            schema="marts",
            sort_keys=keys,
            description='It\'s "all"',
            column_descriptions={"id": "Which; one's"},
        )
        publish(
            store=VersionStore(root), warehouse=con, marts=[mart], as_of_date=date(2025, 6, 30), run_id="r", checks={},
            models={}, published_at=datetime.now(tz=UTC), keep_versions=9,
        )  # fmt: skip


def served_marker(postgres: Postgres) -> int:
    """The marker of all that the views show, which must be one."""
    (row,) = postgres.execute(AT_ONCE)
    assert len(set(row)) == 1, row
    return int(row[0])


def rows_of_slots(postgres: Postgres) -> list[int]:
    """Rows in each slot of the customers."""
    counted = postgres.execute('select "~slot", count(*) from tessera_data.customers group by 1')
    return sorted(int(rows) for _, rows in counted)


def start(*arguments: object) -> subprocess.Popen[str]:
    paths = os.pathsep.join([str(ROOT), str(MARKERS)])
    return subprocess.Popen(
        [sys.executable, str(WORKER), *map(str, arguments)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip


def wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
