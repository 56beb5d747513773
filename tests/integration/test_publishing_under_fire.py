"""Readers, kills and rival publishers: what is served is always one whole version."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import TesseraError
from orchestration.publishing.manifest import VersionDamagedError, require_intact, verify
from orchestration.publishing.publisher import publish
from orchestration.publishing.version_store import VersionStore

# The worker is also started as a script of its own, so it is no fixture.
WORKER = Path(__file__).parents[1] / "unit" / "publishing" / "publishing_worker.py"
sys.path.insert(0, str(WORKER.parent))
from publishing_worker import markers, publish_marker  # noqa: E402

PROJECT = WORKER.parents[3]


def start(*arguments: object) -> subprocess.Popen[str]:
    """Start the worker with the project on its path."""
    return subprocess.Popen(
        [sys.executable, str(WORKER), *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    )


def require_whole(root: Path) -> int:
    """Assert that the served version is intact and of one publication; return its marker."""
    served = VersionStore(root).current()
    assert served is not None
    require_intact(served.path)
    (marker,) = markers(served.path)
    assert served.run_id == f"marker-{marker}"
    return marker


def test_a_publication_serves_everything_it_was_given(root: Path) -> None:
    first = publish_marker(root, 1)
    second = publish_marker(root, 2)
    assert (first.previous, second.previous, second.version.name) == (None, "v000001", "v000002")
    assert sorted(path.name for path in second.version.path.iterdir()) == [
        "customers.parquet", "explorer.html", "manifest.json", "marts.duckdb", "segments.parquet",
    ]  # fmt: skip
    assert second.version.rows == {"customers": 2, "segments": 1}
    assert require_whole(root) == 2


def test_readers_during_many_swaps_never_see_a_mix(root: Path, tmp_path: Path) -> None:
    names = [publish_marker(root, marker, keep=9).version.name for marker in range(1, 5)]
    stop = tmp_path / "stop"
    readers = [start("read", root, stop) for _ in range(2)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    store = VersionStore(root)
    for swap in range(100):
        store.swap_to(names[swap % len(names)])
        time.sleep(0.02)
    stop.touch()
    for reader in readers:
        result = json.loads(reader.communicate(timeout=60)[0])
        assert result["mixed"] == 0
        assert reader.returncode == 0
        assert result["reads"] >= 5
        assert result["seen"] >= 2


def test_a_reader_keeps_its_version_through_swap_and_deletion(root: Path) -> None:
    publish_marker(root, 1)
    held = (root / "current").resolve()
    with duckdb.connect(str(held / "marts.duckdb"), read_only=True) as con:
        assert con.execute("select marker from segments").fetchone() == (1,)
        for marker in (2, 3):
            publish_marker(root, marker, keep=1)
        assert not held.exists()
        assert con.execute("select max(marker), count(*) from customers").fetchone() == (1, 1)
    assert require_whole(root) == 3


def test_a_kill_at_any_step_leaves_a_whole_version_and_a_clean_next_run(root: Path) -> None:
    for marker in (1, 2):
        publish_marker(root, marker, keep=2)
    worker = start("steps", root, 100, 80, 1)
    deaths = [json.loads(line) for line in worker.communicate(timeout=60)[0].splitlines()]
    assert worker.returncode == 0
    assert len(deaths) >= 20
    assert all(death["killed"] for death in deaths[:-1])
    # The last one ran to its end, so every step of a publication was among those died before.
    assert not deaths[-1]["killed"]
    assert not [death for death in deaths if death["damaged"]]
    served = [death["before"] for death in deaths]
    assert served == sorted(served)
    assert served[0] == "v000002"
    require_whole(root)
    assert all(not verify(version.path) for version in VersionStore(root).versions())
    publish_marker(root, 999, keep=2)
    assert require_whole(root) == 999
    assert not [entry.name for entry in root.iterdir() if entry.name.startswith((".building", ".removing", ".c"))]


def test_kills_at_random_moments_leave_the_previous_version_served(root: Path) -> None:
    publish_marker(root, 1)
    rng = random.Random(20250630)
    last = 1
    for kill in range(15):
        worker = start("loop", root, 1000 * (kill + 1))
        assert worker.stdout is not None
        done = int(worker.stdout.readline())
        time.sleep(rng.uniform(0, 0.25))
        worker.kill()
        done = max([done, *map(int, worker.stdout.read().split())])
        worker.wait()
        marker = require_whole(root)
        # Killed between the swap and its report, the next one may be served already; never anything else.
        assert marker in (done, done + 1)
        assert marker > last
        last = marker
    publish_marker(root, 7)
    assert require_whole(root) == 7


def test_two_publishers_take_turns(root: Path) -> None:
    publishers = [start("once", root, *range(first, first + 4)) for first in (10, 20)]
    names = [publisher.communicate(timeout=60)[0].split() for publisher in publishers]
    assert sorted(names[0] + names[1]) == [f"v{number:06d}" for number in range(1, 9)]
    assert all(not verify(version.path) for version in VersionStore(root).versions())
    require_whole(root)


def test_rollback_and_forward_serve_whole_versions(root: Path) -> None:
    for marker in (1, 2, 3):
        publish_marker(root, marker)
    store = VersionStore(root)
    store.rollback()
    assert require_whole(root) == 2
    assert publish_marker(root, 4, keep=9).version.name == "v000004"
    store.rollback("v000003")
    assert require_whole(root) == 3


def test_a_damaged_mart_is_found_and_not_rolled_back_to(root: Path) -> None:
    for marker in (1, 2):
        publish_marker(root, marker)
    path = root / "v000001" / "marts.duckdb"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    (difference,) = verify(root / "v000001")
    assert (difference.file, difference.problem) == ("marts.duckdb", "changed")
    with pytest.raises(VersionDamagedError, match=r"marts\.duckdb changed"):
        VersionStore(root).rollback()


def test_the_same_data_gives_the_same_parquet_bytes(root: Path) -> None:
    for _ in range(2):
        publish_marker(root, 5)
    for mart in ("customers", "segments"):
        first, second = (root / f"v00000{n}" / f"{mart}.parquet" for n in (1, 2))
        assert first.read_bytes() == second.read_bytes()


def test_a_failing_publication_changes_nothing(root: Path, tmp_path: Path) -> None:
    published = publish_marker(root, 1).version
    options = {
        "store": VersionStore(root),
        "marts": (),
        "as_of_date": published.as_of_date,
        "run_id": "r",
        "checks": {},
        "models": {},
        "keep_versions": 2,
    }
    with pytest.raises(TesseraError, match="warehouse to publish from is not there"):
        publish(warehouse=tmp_path / "none.duckdb", published_at=published.published_at, **options)
    with pytest.raises(TesseraError, match="no time zone"):
        publish(
            warehouse=tmp_path / "none.duckdb",
            published_at=published.published_at.replace(tzinfo=None),
            **options,
        )
    assert require_whole(root) == 1
    assert len(VersionStore(root).versions()) == 1


def test_the_published_folder_can_be_copied_away_and_read_there(root: Path, tmp_path: Path) -> None:
    publish_marker(root, 6)
    copy = tmp_path / "copy"
    shutil.copytree(root, copy, symlinks=True)
    assert require_whole(copy) == 6
