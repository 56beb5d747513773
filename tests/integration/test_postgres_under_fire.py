"""PostgreSQL under fire: readers, kills and rival publishers never make it show anything but one whole version."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from orchestration.postgres_publication import session
from orchestration.postgres_publication.errors import PostgresPublicationError
from orchestration.publishing.version_store import VersionStore
from orchestration.repository import ROOT
from tests.support.postgres_server import DSN_PASSWORD, Postgres
from tests.support.postgres_worker import AT_ONCE
from tests.support.published_postgres import (
    MARKERS,
    WORKER,
    publish_query,
    rows_of_slots,
    serve,
    served_marker,
    start,
    wait_until_ready,
)

sys.path.insert(0, str(MARKERS))
from publishing_worker import publish_marker


def test_readers_during_publications_never_see_a_mix(postgres: Postgres, root: Path, tmp_path: Path) -> None:
    watch_publications(postgres, root, tmp_path, publications=8)


@pytest.mark.slow
def test_readers_during_a_hundred_publications_never_see_a_mix(postgres: Postgres, root: Path, tmp_path: Path) -> None:
    watch_publications(postgres, root, tmp_path, publications=100)


def watch_publications(postgres: Postgres, root: Path, folder: Path, *, publications: int) -> None:
    """Publish under the eyes of two readers in transactions and one outside of any."""
    names = [publish_marker(root, marker, keep=9).version.name for marker in range(1, 6)]
    serve(root)
    stop = folder / "stop"
    dsn = postgres.dsn("reader", DSN_PASSWORD)
    readers = [start("read", dsn, kind, stop) for kind in ("REPEATABLE_READ", "REPEATABLE_READ", "READ_COMMITTED")]
    for reader in readers:
        wait_until_ready(reader)
    for number in range(publications):
        VersionStore(root).swap_to(names[number % len(names)])
        serve(root)
    stop.touch()
    for reader in readers:
        result = json.loads(reader.communicate(timeout=60)[0])
        assert result["mixed"] == 0
        assert result["versions"] == 5
        assert result["reads"] > publications


def test_an_old_reader_keeps_its_version_until_it_ends(postgres: Postgres, root: Path) -> None:
    publish_marker(root, 1)
    serve(root)
    with psycopg.connect(postgres.dsn("reader", DSN_PASSWORD)) as reader:
        reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        assert reader.execute("select marker from tessera.segments").fetchone() == (1,)
        # More publications than slots: the room of its version is long given to another one.
        for marker in range(2, 7):
            publish_marker(root, marker)
            serve(root)
        assert reader.execute(AT_ONCE).fetchone() == (1, 1, 1, 1)
        reader.rollback()
        assert reader.execute(AT_ONCE).fetchone() == (6, 6, 6, 6)
    serve(root)
    assert rows_of_slots(postgres) == [5, 6]


def kill_publishers(postgres: Postgres, root: Path, *, kills: int) -> None:
    publish_marker(root, 1, keep=9)
    serve(root)
    server = start("serve", root)
    wait_until_ready(server)
    assert server.stdin is not None
    assert server.stdout is not None
    chance = random.Random(5)
    killed, before, took = 0, 1, 1.0
    for marker in range(2, 2 + kills):
        publish_marker(root, marker, keep=9)
        server.stdin.write(f"{chance.uniform(0, took)}\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        assert code in {0, -9}
        killed += code == -9
        found = served_marker(postgres)
        assert found in {before, marker}
        assert code != 0 or found == marker
        if marker % 3 == 0:
            began = time.perf_counter()
            server.stdin.write("-1\n")
            server.stdin.flush()
            assert server.stdout.readline() == "0\n"
            took = time.perf_counter() - began
            assert served_marker(postgres) == marker
            assert len(rows_of_slots(postgres)) <= 2
        before = served_marker(postgres)
    assert killed > kills / 4
    server.communicate()
    serve(root)
    assert served_marker(postgres) == kills + 1
    assert len(rows_of_slots(postgres)) == 2


def test_publishers_that_are_killed_leave_one_whole_version(postgres: Postgres, root: Path) -> None:
    kill_publishers(postgres, root, kills=8)


@pytest.mark.slow
def test_a_hundred_killed_publishers_leave_one_whole_version(postgres: Postgres, root: Path) -> None:
    kill_publishers(postgres, root, kills=100)


def test_two_publishers_take_turns(postgres: Postgres, root: Path) -> None:
    publish_marker(root, 1)
    key = session._key("tessera")
    with psycopg.connect(postgres.dsn(), autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", (key,))
        waiting = subprocess.Popen(
            [sys.executable, "-c", f"import pathlib, postgres_worker as w; w.serve(pathlib.Path({str(root)!r}))"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(WORKER.parent)])},
        )  # fmt: skip
        deadline = time.monotonic() + 20
        while not other.execute("select 1 from pg_locks where locktype = 'advisory' and not granted").fetchone():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert postgres.execute("select to_regclass('tessera.customers')") == [(None,)]
    assert waiting.wait(30) == 0
    assert served_marker(postgres) == 1


def test_a_long_reader_delays_a_changed_view_and_is_named(
    postgres: Postgres, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "LOCK_SECONDS", 0.2)
    monkeypatch.setattr(session, "LOCK_TRIES", 2)
    monkeypatch.setattr(session, "PAUSE_SECONDS", 0.05)
    publish_query(root, "select 1 as id")
    serve(root)
    publish_query(root, "select 1 as id, 2 as added")
    with psycopg.connect(postgres.dsn()) as reader:
        reader.execute("select * from tessera.things")
        with pytest.raises(PostgresPublicationError, match=r"locked for too long(.|\n)*end the long transaction"):
            serve(root)
        assert reader.execute("select * from tessera.things").fetchall() == [(1,)]
    serve(root)
    assert postgres.execute("select * from tessera.things") == [(1, 2)]
