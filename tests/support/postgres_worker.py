"""Processes that read from PostgreSQL while it is published to, and publishers that can be killed.

Belongs here: the commands that tests start. Does not belong here: assertions.

Every version holds the marker k in all its marts: ``customers`` has k rows of value k, ``segments`` one.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import psycopg

CONNECTION = "MARTS_DSN"
PARTS = (
    "select count(*) from tessera.customers",
    "select marker from tessera.segments",
    "select min(marker) from tessera.customers",
    "select max(marker) from tessera.customers",
)
AT_ONCE = f"select {', '.join(f'({part})' for part in PARTS)}"


def read(dsn: str, isolation: str, stop: Path) -> None:
    """Read until the stop file exists; prints how often, how many versions, and how often a mix was seen."""
    reads, mixed, seen = 0, 0, set()
    with psycopg.connect(dsn) as connection:
        connection.isolation_level = psycopg.IsolationLevel[isolation]
        print("ready", flush=True)
        while not stop.exists():
            if isolation == "REPEATABLE_READ":
                found = []
                for part in PARTS:
                    found += connection.execute(part).fetchone() or [None]
                    time.sleep(0.01)
            else:
                found = list(connection.execute(AT_ONCE).fetchone() or ())
            connection.commit()
            reads += 1
            mixed += len(set(found)) != 1
            seen.add(str(found[0]))
    print(json.dumps({"reads": reads, "mixed": mixed, "versions": len(seen)}))


def serve(root: Path) -> None:
    # Imported here because readers need none of it.
    from orchestration.configuration.postgres_publication import PostgresPublication
    from orchestration.postgres_publication.serving import serve_in_postgres
    from orchestration.publishing.version_store import VersionStore

    settings = PostgresPublication(connection=CONNECTION, keep_versions=2, readers=["reader"])
    serve_in_postgres(VersionStore(root), settings)


def serve_and_be_killed(root: Path) -> None:
    """For every number on standard input publish in a child and kill it after so many seconds; -1 lets it end."""
    import orchestration.postgres_publication.serving  # noqa: F401  # once, and not in every child

    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                serve(root)
                code = 0
            finally:
                os._exit(code)
        if float(line) >= 0:
            time.sleep(float(line))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "read":
        read(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    else:
        serve_and_be_killed(Path(sys.argv[2]))
