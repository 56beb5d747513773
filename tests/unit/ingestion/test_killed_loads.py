"""Whenever a load is killed, no row is lost, none is doubled, and the next load leaves nothing of it behind."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestration.ingestion.lake import Lake
from orchestration.ingestion.quarantine import Quarantine

# Of all scenarios together; the many guard the same moments more closely.
KILLS = pytest.mark.parametrize("kills", [60, pytest.param(200, marks=pytest.mark.slow)], ids="{} kills".format)
MOST_KILLS_A_ROUND = 6
TABLE = "shop__orders"


@dataclass(frozen=True)
class Landed:
    """A landing file, and the numbers of its good and of its bad records."""

    path: Path
    good: list[int]
    bad: list[int]


class Loads:
    """Loads in processes that can be killed."""

    def __init__(self, contract: Path) -> None:
        script = Path(__file__).with_name("loads_to_kill.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script), str(contract)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(
        self, root: Path, files: list[Landed], *, kill_after: float | None = None, die: str | None = None
    ) -> tuple[int, float]:
        """Load files into a lake; returns the exit code (minus the signal) and the seconds it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        paths = [str(file.path) for file in files]
        request = {"root": str(root), "files": paths, "kill_after": kill_after, "die": die}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["ended"], answer["seconds"]

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


@pytest.fixture
def loads(shop: Any) -> Iterator[Loads]:
    started = Loads(shop.folder.parent / "contracts" / f"{TABLE}.odcs.yaml")
    yield started
    started.close()


def csv_file(shop: Any, name: str, rows: int) -> Landed:
    """Ragged records, unreadable values, repeated keys and newlines in quotes among the good ones."""
    lines, bad = ["order_id,line,amount,note"], []
    for number in range(1, rows + 1):
        order, amount, note = f"{name}{number}", "1.50", ""
        if number % 50 == 0:
            amount = "much"
        elif number % 97 == 0:
            note = "a,b"
        elif number % 211 == 0:
            order = f"{name}1"
        elif number % 13 == 0:
            note = '"two\nlines"'
        if number % 50 == 0 or number % 97 == 0 or number % 211 == 0:
            bad.append(number)
        lines.append(f"{order},1,{amount},{note}")
    return landed(shop.write(f"{name}.csv", "\n".join(lines).encode()), rows, bad)


def json_file(shop: Any, name: str, rows: int) -> Landed:
    """Broken lines and unreadable values among the good ones."""
    lines, bad = [], []
    for number in range(1, rows + 1):
        amount = '"much"' if number % 60 == 0 else "1.5"
        line = f'{{"order_id": "{name}{number}", "line": 1, "amount": {amount}}}'
        if number % 60 == 0 or number % 77 == 0:
            bad.append(number)
        lines.append(line[:-1] if number % 77 == 0 else line)
    return landed(shop.write(f"{name}.jsonl", "\n".join(lines).encode()), rows, bad)


def landed(path: Path, rows: int, bad: list[int]) -> Landed:
    return Landed(path, sorted(set(range(1, rows + 1)) - set(bad)), bad)


SCENARIOS: dict[str, Callable[[Any], list[Landed]]] = {
    "CSV with rejected rows": lambda shop: [csv_file(shop, "A", 5_000)],
    "JSON lines": lambda shop: [json_file(shop, "J", 2_000)],
    "several files": lambda shop: [csv_file(shop, "A", 2_000), json_file(shop, "J", 1_000), csv_file(shop, "B", 1_000)],
}


def committed(shop: Any, root: Path, files: list[Landed]) -> int:
    """Hold what is there against the files; returns how many of them are in the lake.

    Every batch is one of the files, as a whole and once, in their order; so is every file in quarantine, which may be
    one ahead, since rejected rows are written first.
    """
    lake, quarantine = Lake(root / "lake"), Quarantine(root / "quarantine")
    batches = lake.live_batches(TABLE)
    assert [batch.file for batch in batches] == [file.path.name for file in files[: len(batches)]]
    for batch, file in zip(batches, files, strict=False):
        assert numbers(shop, "_row_number", lake.rows_path(batch)) == file.good
        assert numbers(shop, "record_number", quarantine.path(TABLE, batch.batch_id)) == file.bad
    ahead = [path for path in quarantine.files(TABLE) if path.stem not in {batch.batch_id for batch in batches}]
    assert len(ahead) <= 1
    for path in ahead:
        assert numbers(shop, "record_number", path) == files[len(batches)].bad
    return len(batches)


def numbers(shop: Any, column: str, path: Path) -> list[int]:
    found = shop.con.execute(f"select {column} as number from read_parquet('{path}') order by 1").fetchnumpy()
    return [int(number) for number in found["number"]]


def finish(shop: Any, loads: Loads, root: Path, files: list[Landed]) -> None:
    """Let a load go to its end, with one more file: all is there, and nothing else.

    A load that is killed between its commit and its end leaves its workspace to the next file that is really loaded.
    """
    files = [*files, csv_file(shop, "Z", 100)]
    assert loads.run(root, files)[0] == 0
    assert committed(shop, root, files) == len(files)
    lake, quarantine = Lake(root / "lake"), Quarantine(root / "quarantine")
    batches = lake.batches(TABLE)
    assert len(batches) == len(files)
    assert sorted(path.name for path in (lake.root / TABLE).iterdir()) == sorted(batch.batch_id for batch in batches)
    kept = {path.name for path in (quarantine.root / TABLE).iterdir()}
    assert kept == {f"{batch.batch_id}.parquet" for batch in batches}
    assert list((lake.root / ".tmp").iterdir()) == []


@KILLS
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_load_may_be_killed_at_any_moment(shop: Any, loads: Loads, tmp_path: Path, scenario: str, kills: int) -> None:
    files = SCENARIOS[scenario](shop)
    ended, seconds = loads.run(tmp_path / "whole", files)
    assert ended == 0
    chance = random.Random(scenario)
    wanted = kills // len(SCENARIOS) + 1
    killed, rounds, broken_off, partly = 0, 0, 0, 0
    while killed < wanted:
        root, rounds = tmp_path / f"round_{rounds}", rounds + 1
        for _ in range(MOST_KILLS_A_ROUND):
            # Every other one towards the end, where quarantine and batch are written.
            earliest = 0 if killed % 2 else 0.6 * seconds
            ended, _ = loads.run(root, files, kill_after=chance.uniform(earliest, seconds))
            assert ended in (-signal.SIGKILL, 0)
            killed += ended == -signal.SIGKILL
            # The machine is not always equally busy; one load in five may be faster than its kill.
            seconds *= 1.04 if ended else 0.86
            there = committed(shop, root, files)
            broken_off += any((root / "lake" / ".tmp").glob("*"))
            partly += 0 < there < len(files)
            if there == len(files):
                break
        finish(shop, loads, root, files)
    # Otherwise the kills came at moments when there was nothing to break.
    assert broken_off > wanted / 4
    assert partly > 0 or len(files) == 1


@pytest.mark.parametrize("die", ["before commit", "before rename"])
def test_a_load_that_dies_between_quarantine_and_commit_leaves_no_batch(
    shop: Any, loads: Loads, tmp_path: Path, die: str
) -> None:
    files, root = [csv_file(shop, "A", 500)], tmp_path / "home"
    assert loads.run(root, files, die=die)[0] == 9
    assert committed(shop, root, files) == 0
    assert len(Quarantine(root / "quarantine").files(TABLE)) == 1
    finish(shop, loads, root, files)
