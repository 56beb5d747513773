"""A process that publishes or reads, for the tests that kill it or run several.

Belongs here: the commands those tests start. Does not belong here: assertions.

Every version holds the marker k in all its marts: ``customers`` has k rows of value k, ``segments`` one.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from orchestration.publishing.manifest import verify
from orchestration.publishing.mart_writer import MartRelation
from orchestration.publishing.publisher import Publication, publish
from orchestration.publishing.version_store import VersionStore

MARTS = (
    MartRelation(name="customers", schema="marts", sort_keys=("customer_id",)),
    MartRelation(name="segments", schema="marts"),
)


def publish_marker(root: Path, marker: int, *, keep: int = 3) -> Publication:
    """Publish a version whose marts all carry ``marker``."""
    with duckdb.connect() as con:
        con.execute("set threads = 1; create schema marts")
        con.execute(
            f"create table marts.customers as select 'c' || i as customer_id, {marker} as marker "
            f"from range({marker}) as numbers(i)"
        )
        con.execute(f"create table marts.segments as select {marker} as marker")
        return publish(
            store=VersionStore(root),
            warehouse=con,
            marts=MARTS,
            as_of_date=date(2025, 6, 30),
            run_id=f"marker-{marker}",
            checks={"marker": marker},
            models={},
            published_at=datetime(2025, 7, 1, tzinfo=UTC),
            keep_versions=keep,
            add_files=lambda draft: (draft.folder / "explorer.html").write_text(str(marker)) and None,
        )


def markers(version: Path) -> set[Any]:
    """Return every marker found in one version's files, with the number of customers as one more."""
    with duckdb.connect(str(version / "marts.duckdb"), read_only=True) as con:
        found = con.execute(
            "select marker from segments union all select max(marker) from customers "
            "union all select count(*) from customers"
        ).fetchall()
        found += con.execute(f"select max(marker) from '{version}/customers.parquet'").fetchall()
    manifest = json.loads((version / "manifest.json").read_text())
    return {row[0] for row in found} | {manifest["checks"]["marker"]} | {int((version / "explorer.html").read_text())}


def read_until_stopped(root: Path, stop: Path) -> None:
    """Read whole versions, resolving ``current`` once each, and print how many reads were mixed."""
    reads, mixed, seen = 0, 0, set()
    print("ready", flush=True)
    while not stop.exists():
        found = markers((root / "current").resolve(strict=True))
        reads += 1
        mixed += len(found) != 1
        seen |= found
    print(json.dumps({"reads": reads, "mixed": mixed, "seen": len(seen)}), flush=True)


def publish_until_killed(root: Path, first: int) -> None:
    """Publish one version after the other."""
    for marker in range(first, first + 1000):
        publish_marker(root, marker, keep=2)
        print(marker, flush=True)


def die_at_step(root: Path, marker: int, step: int) -> None:
    """Publish, and die without warning just before the given change of the disk's state."""
    left = step

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **options)

        return call

    for name in ("fsync", "rename", "replace", "symlink", "mkdir", "rmdir", "unlink"):
        setattr(os, name, counted(getattr(os, name)))
    publish_marker(root, marker, keep=2)


def die_at_each_step(root: Path, first: int, steps: int, skip: int) -> None:
    """Fork a publisher per step and print what is served after its death."""
    for step in range(0, steps, skip):
        served = VersionStore(root).current_name()
        child = os.fork()
        if child == 0:
            die_at_step(root, first + step, step)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        damaged = [version.name for version in VersionStore(root).versions() if verify(version.path)]
        death = {"step": step, "killed": killed, "before": served, "damaged": damaged}
        print(json.dumps(death), flush=True)
        if not killed:
            return


def main(arguments: list[str]) -> None:
    """Run one command: read ROOT STOP, loop ROOT FIRST, once ROOT MARKER, steps ROOT FIRST STEPS SKIP."""
    command, root = arguments[0], Path(arguments[1])
    rest = arguments[2:]
    if command == "read":
        read_until_stopped(root, Path(rest[0]))
    elif command == "loop":
        publish_until_killed(root, int(rest[0]))
    elif command == "steps":
        die_at_each_step(root, *map(int, rest))
    else:
        for marker in map(int, rest):
            print(publish_marker(root, marker, keep=9).version.name, flush=True)
            time.sleep(0.01)


if __name__ == "__main__":
    main(sys.argv[1:])
