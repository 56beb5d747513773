"""Commands that the warm process runs are dbt's own: environment, output, exit code, signals; both end alike."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.warm_dbt.client import ADDRESS, FINGERPRINT
from orchestration.warm_dbt.starting import CLIENT_ARGUMENTS, WarmDbt

_OWNER = """
import sys
from orchestration.warm_dbt.starting import WarmDbt
warm = WarmDbt.start()
print(warm.address(), flush=True)
sys.stdin.read()
"""
_SLOW = "select count(*) as n from range(100000000) as a, range(100000000) as b where a.range + b.range = 7"


@pytest.fixture(scope="module")
def server() -> Iterator[WarmDbt]:
    started = WarmDbt.start()
    yield started
    started.stop()
    assert not started.folder.exists()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("models", "macros"):
        (tmp_path / folder).mkdir()
    (tmp_path / "dbt_project.yml").write_text(
        "{name: tiny, version: 0.1.0, profile: tiny, models: {+materialized: table}}"
    )
    (tmp_path / "profiles.yml").write_text(
        "tiny: {target: here, outputs: {here: {type: duckdb, path: \"{{ env_var('WAREHOUSE') }}\"}}}"
    )
    (tmp_path / "models" / "greeting.sql").write_text("select '{{ env_var(\"GREETING\") }}' as said")
    return tmp_path


def environment(project: Path, address: str, **further: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DBT_", "TESSERA_", "DAGSTER_"))}
    target = str(project / "target")
    return {
        **kept,
        "WAREHOUSE": str(project / "tiny.duckdb"),
        "GREETING": "hello",
        "DBT_TARGET_PATH": target,
        "DBT_LOG_PATH": target,
        "DBT_PROFILES_DIR": str(project),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        ADDRESS: address,
        **further,
    }


def start(project: Path, server: WarmDbt, *arguments: str, **further: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *CLIENT_ARGUMENTS, *arguments, "--vars", "{}"],
        cwd=project,
        env=environment(project, server.address(), **further),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(project: Path, server: WarmDbt, *arguments: str, **further: str) -> tuple[int, str]:
    process = start(project, server, *arguments, **further)
    said, _ = process.communicate(timeout=120)
    return process.returncode, said


def said_in(warehouse: Path) -> str:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return str(connection.execute("select said from main.greeting").fetchone()[0])


def test_every_command_has_its_own_environment_and_the_same_fingerprint_the_same_manifest(
    project: Path, server: WarmDbt
) -> None:
    known = {FINGERPRINT: f"of {project}"}
    assert run(project, server, "parse", **known)[0] == 0
    assert (project / "target" / "manifest.json").is_file()
    code, said = run(project, server, "build", **known)
    assert (code, said_in(project / "tiny.duckdb")) == (0, "hello"), said
    # Not parsed again: what was parsed under the name is what is built.
    (project / "models" / "greeting.sql").write_text("this is no SQL")
    # A warehouse's name is part of what is parsed, its folder is not.
    other = project / "macros" / "tiny.duckdb"
    code, said = run(project, server, "build", **known, WAREHOUSE=str(other), GREETING="good day")
    assert (code, said_in(other)) == (0, "good day"), said
    assert "PASS=1" in said
    assert run(project, server, "parse", **known, DBT_TARGET_PATH=str(project / "second"))[0] == 0
    assert (project / "second" / "manifest.json").is_file()


def test_another_fingerprint_is_parsed_by_the_first_command_that_names_it(project: Path, server: WarmDbt) -> None:
    code, said = run(project, server, "build", **{FINGERPRINT: f"another of {project}"})
    assert (code, said_in(project / "tiny.duckdb")) == (0, "hello"), said


def test_without_a_fingerprint_a_command_parses_for_itself(project: Path, server: WarmDbt) -> None:
    assert run(project, server, "build")[0] == 0
    (project / "models" / "greeting.sql").write_text("select 'changed' as said")
    assert run(project, server, "build")[0] == 0
    assert said_in(project / "tiny.duckdb") == "changed"


def test_what_fails_has_the_exit_codes_of_dbt_and_says_why(project: Path, server: WarmDbt) -> None:
    (project / "models" / "greeting.sql").write_text("select no_such_column")
    code, said = run(project, server, "build", **{FINGERPRINT: f"failing of {project}"})
    assert code == 1
    assert "no_such_column" in said
    (project / "models" / "greeting.sql").write_text("select {{ no closing brace")
    code, said = run(project, server, "build", **{FINGERPRINT: f"broken of {project}"})
    assert code == 2
    assert "greeting.sql" in said
    assert run(project, server, "no-such-command")[0] == 2


def test_events_are_told_at_the_level_that_is_asked_for(project: Path, server: WarmDbt) -> None:
    asked = {FINGERPRINT: f"told of {project}", "DBT_LOG_FORMAT": "json", "DBT_LOG_LEVEL_FILE": "info"}
    assert run(project, server, "parse", **asked)[0] == 0
    told = {}
    for level in ("debug", "info"):
        code, said = run(project, server, "build", DBT_LOG_LEVEL=level, **asked)
        assert code == 0, said
        told[level] = [json.loads(line)["info"] for line in said.splitlines() if line.startswith("{")]
    assert "SQLQuery" in {event["name"] for event in told["debug"]}
    heard = [event["name"] for event in told["debug"] if event["level"] != "debug"]
    assert [event["name"] for event in told["info"]] == heard
    assert "LogModelResult" in heard


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_command_ends_when_its_client_is_told_to(project: Path, server: WarmDbt, number: signal.Signals) -> None:
    (project / "models" / "greeting.sql").write_text(_SLOW)
    process = start(project, server, "build")
    assert process.stdout is not None
    while "START" not in process.stdout.readline():
        pass
    # Said before the query begins, and a query that has not begun cannot be cancelled: told until it hears.
    until = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < until:
        process.send_signal(number)
        time.sleep(1)
    process.stdout.read()
    assert process.returncode not in (0, None)
    # The server is free again, and so is the warehouse.
    (project / "models" / "greeting.sql").write_text("select 'back' as said")
    code, said = run(project, server, "build")
    assert (code, said_in(project / "tiny.duckdb")) == (0, "back"), said


def test_the_server_ends_with_its_owner_and_the_command_with_the_server(project: Path) -> None:
    (project / "models" / "greeting.sql").write_text(_SLOW)
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _OWNER,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    address = owner.stdout.readline().strip()
    client = subprocess.Popen(
        [sys.executable, *CLIENT_ARGUMENTS, "build", "--vars", "{}"],
        cwd=project,
        env=environment(project, address),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert client.stdout is not None
    while "START" not in client.stdout.readline():
        pass
    owner.kill()
    owner.communicate()
    client.communicate(timeout=120)
    assert client.returncode == 128 + signal.SIGKILL
    until = time.monotonic() + 120
    while Path(address).parent.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(address).parent.exists()


def test_where_no_server_listens_the_client_becomes_dbt(tmp_path: Path) -> None:
    dbt = tmp_path / "dbt"
    dbt.write_text('#!/bin/sh\necho "dbt itself: $*"; exit 7\n')
    dbt.chmod(0o755)
    ended = subprocess.run(
        [sys.executable, *CLIENT_ARGUMENTS[:-1], str(dbt), "build", "--quiet"],
        env={ADDRESS: str(tmp_path / "nobody")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (7, "dbt itself: build --quiet\n")
